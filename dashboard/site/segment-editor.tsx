// The dialog in which a segment is put together: groups of conditions, or text for what groups cannot say. It can be shown
// at once, or saved under a name.

import { type Signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { useAnswer } from '../answer.ts'
import { api, ask, type Site } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextField } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure } from '../parts/notice.tsx'
import { type FieldErrors, useSubmit } from '../parts/submit.ts'
import {
  type Condition,
  type Group,
  groupsOf,
  nodeOf,
  type SavedSegment,
  type SegmentName,
  type SegmentNode,
  savedText,
  segmentText,
} from '../segment.ts'
import { text } from '../text.ts'

type EditorProps = {
  site: Site
  known: SavedSegment | undefined
  /** What is edited, where it is JSON; a new one has neither. */
  node: SegmentNode | undefined
  text: string
  onClose(): void
  /** With what is to be shown from now on. */
  onDone(segment: string): void
}

export function SegmentEditor(props: EditorProps) {
  const { known, site, onClose } = props
  const { data, error, retry } = useAnswer<{ names: SegmentName[] }>(api.segmentNamesPath(site.id))
  return (
    <Dialog
      title={known ? text.segment.editTitle(known.name) : text.segment.newTitle}
      size="large"
      onClose={onClose}
    >
      {error && <Failure error={error} retry={retry} />}
      {data && <Form {...props} names={data.names} />}
    </Dialog>
  )
}

type Way = 'groups' | 'text'

function Form({
  site,
  known,
  node,
  text: written,
  names,
  onClose,
  onDone,
}: EditorProps & { names: SegmentName[] }) {
  const first = (): Condition => ({ name: 'countryName', op: '==', value: '' })
  const readable = node ? groupsOf(node) : written === '' ? [[first()]] : undefined
  const groups = useSignal<Group[]>(readable ?? [[first()]])
  const way = useSignal<Way>(readable ? 'groups' : 'text')
  const plain = useSignal(readable ? '' : written)
  const name = useSignal(known?.name ?? '')
  const shared = useSignal(known?.shared ?? false)
  const everywhere = useSignal(known ? known.site === null : false)
  const removing = useSignal(false)

  const segment = () => (way.value === 'text' ? plain.value.trim() : segmentText(nodeOf(groups.value)))
  const save = useSubmit(async () => {
    const body = {
      name: name.value,
      segment: segment(),
      shared: shared.value,
      site: everywhere.value ? null : site.id,
    }
    const saved = known
      ? await ask<SavedSegment>('PATCH', `/api/segments/${known.id}`, body)
      : await ask<SavedSegment>('POST', '/api/segments', body)
    onDone(savedText(saved.id))
  })
  const remove = useSubmit(async () => {
    if (known) await ask('DELETE', `/api/segments/${known.id}`)
    onDone('')
  })
  const failure = save.failure ?? remove.failure

  return (
    <form
      class="form segment-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const found: FieldErrors = name.value.trim() === '' ? { name: text.segment.noName } : {}
        save.submit(found, event.currentTarget)
      }}
    >
      {failure && <Failure error={failure} />}
      <Choice
        label={text.segment.way}
        options={[
          { value: 'groups', title: text.segment.ways.groups },
          { value: 'text', title: text.segment.ways.text },
        ]}
        value={way.value}
        onChoose={(chosen) => {
          if (chosen === 'text' && plain.value === '') plain.value = segmentText(nodeOf(groups.value))
          way.value = chosen
        }}
      />
      {way.value === 'groups' ? (
        <Groups groups={groups} names={names} site={site} first={first} />
      ) : (
        <TextWay value={plain} />
      )}
      <p class="form-hint">{text.segment.whole}</p>
      <fieldset class="segment-save">
        <legend>{text.segment.saving}</legend>
        <TextField
          label={text.segment.name}
          name="name"
          value={name.value}
          error={save.errors.name}
          onInput={(value) => {
            name.value = value
          }}
        />
        <Tick label={text.segment.shared} value={shared} />
        <Tick label={text.segment.everywhere} value={everywhere} />
      </fieldset>
      <div class="form-end">
        {known && !removing.value && (
          <button
            type="button"
            class="button-quiet form-start"
            onClick={() => {
              removing.value = true
            }}
          >
            {text.segment.remove}
          </button>
        )}
        {known && removing.value && (
          <button
            type="button"
            class="button button-danger form-start"
            disabled={remove.busy}
            onClick={(event) => {
              const { form } = event.currentTarget
              if (form) remove.submit({}, form)
            }}
          >
            {text.segment.reallyRemove(known.name)}
          </button>
        )}
        <button type="button" class="button" onClick={onClose}>
          {text.segment.cancel}
        </button>
        <button type="button" class="button" onClick={() => onDone(segment())}>
          {text.segment.show}
        </button>
        <button type="submit" class="button button-main" disabled={save.busy}>
          {save.busy ? text.segment.submitting : text.segment.submit}
        </button>
      </div>
    </form>
  )
}

function Groups({
  groups,
  names,
  site,
  first,
}: {
  groups: Signal<Group[]>
  names: SegmentName[]
  site: Site
  first: () => Condition
}) {
  /** A group that is left empty goes. */
  const put = (at: number, group: Group) => {
    groups.value = groups.value.toSpliced(at, 1, group).filter(({ length }) => length > 0)
  }
  return (
    <div class="segment-groups">
      {groups.value.map((group, at) => (
        <fieldset key={at} class="segment-group">
          <legend class={at === 0 ? 'unseen' : ''}>{at === 0 ? text.segment.first : text.segment.and}</legend>
          {group.map((condition, index) => (
            <ConditionFields
              key={index}
              condition={condition}
              names={names}
              site={site}
              or={index > 0}
              onChange={(changed) => put(at, group.toSpliced(index, 1, changed))}
              onRemove={
                groups.value.length > 1 || group.length > 1
                  ? () => put(at, group.toSpliced(index, 1))
                  : undefined
              }
            />
          ))}
          <button
            type="button"
            class="button-quiet segment-more"
            onClick={() => put(at, [...group, first()])}
          >
            <Icon name="plus" />
            {text.segment.addOr}
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        class="button-quiet segment-more"
        onClick={() => {
          groups.value = [...groups.value, [first()]]
        }}
      >
        <Icon name="plus" />
        {text.segment.addAnd}
      </button>
    </div>
  )
}

type ConditionProps = {
  condition: Condition
  names: SegmentName[]
  site: Site
  or: boolean
  onChange(condition: Condition): void
  onRemove: (() => void) | undefined
}

function ConditionFields({ condition, names, site, or, onChange, onRemove }: ConditionProps) {
  const known = names.find(({ name }) => name === condition.name)
  const groups = [...new Set(names.map(({ group }) => group))]
  return (
    <div class="segment-condition">
      {or && <span class="segment-or">{text.segment.or}</span>}
      <select
        aria-label={text.segment.what}
        value={condition.name}
        onInput={(event) => {
          const name = event.currentTarget.value
          const { operators = [] } = names.find((candidate) => candidate.name === name) ?? {}
          const op = operators.includes(condition.op) ? condition.op : (operators[0] ?? '==')
          onChange({ name, op, value: '' })
        }}
      >
        {!known && <option value={condition.name}>{condition.name}</option>}
        {groups.map((group) => (
          <optgroup key={group} label={text.segment.groups[group] ?? group}>
            {names
              .filter((name) => name.group === group)
              .map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <select
        aria-label={text.segment.how}
        value={condition.op}
        onInput={(event) => onChange({ ...condition, op: event.currentTarget.value })}
      >
        {(known?.operators ?? [condition.op]).map((op) => (
          <option key={op} value={op}>
            {text.segment.operators[op] ?? op}
          </option>
        ))}
      </select>
      <Value condition={condition} known={known} site={site} onChange={onChange} />
      {onRemove && (
        <button
          type="button"
          class="button-quiet button-icon"
          aria-label={text.segment.removeCondition}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}

/** One of a few values, or any, with those suggested that were most frequent. */
function Value({
  condition,
  known,
  site,
  onChange,
}: Pick<ConditionProps, 'condition' | 'site' | 'onChange'> & { known: SegmentName | undefined }) {
  const list = useId()
  const asked = useSignal(false)
  const path = known && !known.values ? api.segmentValuesPath(site.id, known.name) : undefined
  const { data } = useAnswer<{ values: { value: string }[] }>(asked.value ? path : undefined)
  const input = (value: string) => onChange({ ...condition, value })
  if (known?.values) {
    return (
      <select
        aria-label={text.segment.value}
        value={condition.value}
        onInput={(event) => input(event.currentTarget.value)}
      >
        <option value="">{text.segment.noValue}</option>
        {known.values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    )
  }
  return (
    <>
      <input
        type="text"
        aria-label={text.segment.value}
        placeholder={text.segment.noValue}
        inputMode={known?.number ? 'decimal' : undefined}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        list={list}
        value={condition.value}
        onFocus={() => {
          asked.value = true
        }}
        onInput={(event) => input(event.currentTarget.value)}
      />
      <datalist id={list}>
        {data?.values.map(({ value }) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </>
  )
}

function TextWay({ value }: { value: Signal<string> }) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{text.segment.text}</label>
      <textarea
        id={id}
        rows={6}
        spellcheck={false}
        class="code"
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value
        }}
      />
      <div class="field-note">{text.segment.textHint}</div>
    </div>
  )
}

function Tick({ label, value }: { label: string; value: Signal<boolean> }) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={value.value}
        onChange={(event) => {
          value.value = event.currentTarget.checked
        }}
      />
      {label}
    </label>
  )
}
