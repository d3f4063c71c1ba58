import { ActionIcon, Button, type ButtonProps } from '@mantine/core'
import { useState } from 'react'
import { CheckIcon, CopyIcon } from './icons.js'
import { m } from './text.js'

/** For how long a button says that it has copied, ms. */
const COPIED_MS = 1_500

/** Also where the page came over plain http, which has no clipboard. */
export async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'mantine-visually-hidden'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

function useCopy(text: () => string): [copied: boolean, copy: () => void] {
  const [copied, setCopied] = useState(false)
  const start = async () => {
    await copy(text())
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return [copied, () => void start()]
}

interface CopyProps {
  text: string | (() => string)
  label: string
}

const given = (text: CopyProps['text']) => (typeof text === 'string' ? () => text : text)

export function CopyButton({ text, label, ...props }: CopyProps & ButtonProps) {
  const [copied, start] = useCopy(given(text))
  return (
    <Button
      leftSection={copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
      size="xs"
      variant="default"
      {...props}
      onClick={start}
    >
      <span aria-live="polite">{copied ? m.copied() : label}</span>
    </Button>
  )
}

export function CopyIconButton({ text, label }: CopyProps) {
  const [copied, start] = useCopy(given(text))
  const shown = copied ? m.copied() : label
  return (
    <ActionIcon aria-label={shown} color="gray" onClick={start} title={shown} variant="subtle">
      {copied ? <CheckIcon /> : <CopyIcon />}
    </ActionIcon>
  )
}
