// The owner's web app: starts theme and router and puts the page of the address into the document.

import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import './style/base.css'
import './style/controls.css'
import './style/page.css'
import './style/figures.css'
import './style/table.css'
import './style/setup.css'
import './style/segment.css'
import { Home } from './home.tsx'
import { Failure } from './parts/notice.tsx'
import { Plain } from './parts/plain.tsx'
import { route, startRouter } from './router.ts'
import { loadSession, type Session, session, toSignIn } from './session.ts'
import { Setup } from './setup/setup.tsx'
import { SignIn } from './sign-in.tsx'
import { SitePage } from './site/site.tsx'
import { text } from './text.ts'
import { startTheme } from './theme.ts'

function App() {
  switch (route.value.name) {
    case 'setup':
      return <Setup />
    case 'sign-in':
      return <SignIn />
    case 'unknown':
      return <Missing title={text.unknownPage.title} lead={text.unknownPage.lead} />
    default:
      return <Inside session={session.value} />
  }
}

function Inside({ session }: { session: Session }) {
  if (session.state === 'failed') {
    return (
      <Plain title={text.product}>
        <Failure error={session.error} retry={() => void loadSession()} />
      </Plain>
    )
  }
  if (session.state === 'out') return <Leaving />
  if (session.state !== 'in') return <Plain title={text.product} busy />
  const here = route.value
  if (here.name !== 'site') return <Home sites={session.sites} />
  const site = session.sites.find((candidate) => candidate.id === here.id)
  if (!site) return <Missing title={text.unknownSite.title} lead={text.unknownSite.lead} />
  return <SitePage key={site.id} site={site} />
}

/** Signed out, and back on a page of before by the browser's own history. */
function Leaving() {
  useEffect(toSignIn, [])
  return <Plain title={text.product} busy />
}

function Missing({ title, lead }: { title: string; lead: string }) {
  return (
    <Plain title={title} lead={lead}>
      <a class="button button-main" href="/">
        {text.unknownSite.home}
      </a>
    </Plain>
  )
}

startTheme()
startRouter()
void loadSession()
const app = document.getElementById('app')
if (app) render(<App />, app)
