// A few alternatives side by side, one of which holds: radio buttons in the look of a switch.

import { useId } from 'preact/hooks'

type ChoiceProps<Value extends string> = {
  label: string
  options: readonly { value: Value; title: string }[]
  value: Value
  onChoose(value: Value): void
}

export function Choice<Value extends string>({ label, options, value, onChoose }: ChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.title}</span>
        </label>
      ))}
    </fieldset>
  )
}
