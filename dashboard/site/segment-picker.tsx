// Which visits the page is about: all, or those of a segment. Beside the period, as it changes every figure below.

import { useSignal } from '@preact/signals'
import { forgetAnswers, refresh, useAnswer } from '../answer.ts'
import { api } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Failure } from '../parts/notice.tsx'
import { Popover } from '../parts/popover.tsx'
import { navigate, withQuery } from '../router.ts'
import { nodeIn, type SavedSegment, savedIn, savedText } from '../segment.ts'
import { text } from '../text.ts'
import { SegmentEditor } from './segment-editor.tsx'
import type { View } from './view.ts'

export function SegmentPicker({ view }: { view: View }) {
  const { site, segment } = view
  const { data, error, retry } = useAnswer<{ segments: SavedSegment[] }>(api.segmentsPath(site.id))
  const saved = data?.segments ?? []
  const shown = saved.find(({ id }) => id === savedIn(segment))
  const editing = useSignal<{ known?: SavedSegment; text: string } | undefined>(undefined)
  const name = segment === '' ? text.segment.all : (shown?.name ?? text.segment.own)
  const choose = (chosen: string) => navigate(withQuery({ segment: chosen || undefined }))
  return (
    <div class="segment">
      <Popover
        label={text.segment.choose(name)}
        align="end"
        class={segment === '' ? '' : 'segment-chosen'}
        button={
          <>
            <Icon name="filter" />
            <span class="cut">{name}</span>
            <Icon name="down" />
          </>
        }
      >
        {(close) => (
          <>
            {error && <Failure error={error} retry={retry} />}
            <ul class="menu menu-long">
              <li>
                <button
                  type="button"
                  class="menu-item"
                  aria-current={segment === '' ? 'true' : undefined}
                  onClick={() => {
                    close()
                    choose('')
                  }}
                >
                  {text.segment.all}
                </button>
              </li>
              {saved.map((one) => (
                <li key={one.id} class="menu-pair">
                  <button
                    type="button"
                    class="menu-item"
                    aria-current={one.id === shown?.id ? 'true' : undefined}
                    onClick={() => {
                      close()
                      choose(savedText(one.id))
                    }}
                  >
                    <span class="cut">{one.name}</span>
                    {one.shared && <span class="menu-aside">{text.segment.sharedMark}</span>}
                  </button>
                  {one.own && (
                    <button
                      type="button"
                      class="button-quiet button-icon"
                      aria-label={text.segment.edit(one.name)}
                      onClick={() => {
                        close()
                        editing.value = { known: one, text: JSON.stringify(one.segment) }
                      }}
                    >
                      <Icon name="edit" />
                    </button>
                  )}
                </li>
              ))}
            </ul>
            {segment !== '' && !shown && (
              <button
                type="button"
                class="menu-item menu-last"
                onClick={() => {
                  close()
                  editing.value = { text: segment }
                }}
              >
                <Icon name="edit" />
                {text.segment.editOwn}
              </button>
            )}
            <button
              type="button"
              class="menu-item menu-last"
              onClick={() => {
                close()
                editing.value = { text: '' }
              }}
            >
              <Icon name="plus" />
              {text.segment.add}
            </button>
          </>
        )}
      </Popover>
      {editing.value && (
        <SegmentEditor
          site={site}
          known={editing.value.known}
          node={nodeIn(editing.value.text)}
          text={editing.value.text}
          onClose={() => {
            editing.value = undefined
          }}
          onDone={(chosen) => {
            editing.value = undefined
            // The same address may mean other visits now.
            forgetAnswers()
            refresh.value++
            choose(chosen)
          }}
        />
      )}
    </div>
  )
}
