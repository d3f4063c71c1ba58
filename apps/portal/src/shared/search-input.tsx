import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { SearchIcon } from './icons.js'

interface SearchInputProps {
  label: string
  /** What is searched for now, as the URL has it. */
  value: string | undefined
  onChange: (text: string | undefined) => void
  className?: string | undefined
}

/** Words that a list is searched for, told when the typing pauses; where others come by another way, it has those. */
export function SearchInput({ label, value, onChange, className }: SearchInputProps) {
  const [text, setText] = useState(value ?? '')
  const told = useRef(value)
  const tell = useDebouncedCallback((next: string) => {
    told.current = next.trim() || undefined
    onChange(told.current)
  }, 300)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    tell.cancel()
    setText(value ?? '')
  }, [value, tell])
  return (
    <TextInput
      aria-label={label}
      leftSection={<SearchIcon size={16} />}
      maxLength={200}
      onChange={(event) => {
        setText(event.currentTarget.value)
        tell(event.currentTarget.value)
      }}
      placeholder={label}
      type="search"
      value={text}
      {...(className === undefined ? { miw: 270 } : { className })}
    />
  )
}
