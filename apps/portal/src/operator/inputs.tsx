import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { m } from '../shared/text.js'

const UNITS = { MB: 1e6, GB: 1e9, TB: 1e12 } as const
type Unit = keyof typeof UNITS

/** A figure as it is typed: its text, with comma or point. */
function figureIn(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined
}

function shownAs(bytes: number | null): { text: string; unit: Unit } {
  if (bytes === null) return { text: '', unit: 'GB' }
  const unit: Unit = bytes >= UNITS.TB ? 'TB' : bytes >= UNITS.GB ? 'GB' : 'MB'
  return { text: String(bytes / UNITS[unit]), unit }
}

interface SizeInputProps {
  label: string
  description?: string
  required?: boolean
  /** Bytes at first; null: left empty. */
  initial: number | null
  /** Bytes; null: it was left empty. */
  onChange: (bytes: number | null) => void
  perSecond?: boolean
}

/** A size as a figure with its unit. */
export function SizeInput({ label, description, required, initial, onChange, perSecond }: SizeInputProps) {
  const [{ text, unit }, set] = useState(() => shownAs(initial))
  const isWrong = text.trim() !== '' && !((figureIn(text) ?? -1) >= 0)
  const change = (next: { text: string; unit: Unit }) => {
    set(next)
    const figure = figureIn(next.text)
    onChange(figure === undefined ? null : Math.round(figure * UNITS[next.unit]))
  }
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        description={description}
        error={isWrong && m.admin_figure_wrong()}
        flex={1}
        inputMode="decimal"
        label={label}
        onChange={(event) => change({ text: event.currentTarget.value, unit })}
        pattern="[0-9]+([.,][0-9]+)?"
        required={required ?? false}
        value={text}
      />
      <NativeSelect
        aria-label={m.admin_unit_of({ field: label })}
        data={Object.keys(UNITS).map((value) => ({ value, label: perSecond ? `${value}/s` : value }))}
        onChange={(event) => change({ text, unit: event.currentTarget.value as Unit })}
        value={unit}
        w={92}
      />
    </Group>
  )
}

interface CountInputProps {
  label: string
  description?: string
  min: number
  max: number
  required?: boolean
  value: string
  onChange: (text: string) => void
}

/** A whole number; its text, so that it can be empty. */
export function CountInput({ min, max, onChange, ...props }: CountInputProps) {
  return (
    <TextInput
      {...props}
      inputMode="numeric"
      max={max}
      min={min}
      onChange={(event) => onChange(event.currentTarget.value)}
      type="number"
    />
  )
}
