import { ActionIcon, Button, type ButtonProps } from '@mantine/core'
import { useState } from 'react'
import { CheckIcon, CopyIcon } from './icons.js'
import { m } from './text.js'

/** For how long is told what became of it, ms. */
const TOLD_MS = 1_500

/** Also where the page came over plain http, which has no clipboard. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'mantine-visually-hidden'
  document.body.append(area)
  const { activeElement } = document
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (activeElement instanceof HTMLElement) activeElement.focus()
  if (!isCopied) throw new Error('the browser copies nothing')
}

const TEXTS = { copied: m.copied, refused: m.copy_refused }

/** What is told of it for a while, and what copies. A browser may refuse: that is told as well. */
export function useCopy({ text, label }: CopyProps) {
  const [outcome, tell] = useState<keyof typeof TEXTS>()
  const start = async () => {
    const next = await copy(typeof text === 'string' ? text : text()).then(
      () => 'copied' as const,
      () => 'refused' as const,
    )
    tell(next)
    setTimeout(() => tell(undefined), TOLD_MS)
  }
  return {
    isCopied: outcome === 'copied',
    shown: outcome === undefined ? label : TEXTS[outcome](),
    start: () => void start(),
  }
}

export interface CopyProps {
  text: string | (() => string)
  label: string
}

export function CopyButton({ text, label, ...props }: CopyProps & ButtonProps) {
  const { isCopied, shown, start } = useCopy({ text, label })
  return (
    <Button
      leftSection={isCopied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
      size="xs"
      variant="default"
      {...props}
      onClick={start}
    >
      <span aria-live="polite">{shown}</span>
    </Button>
  )
}

export function CopyIconButton(props: CopyProps) {
  const { isCopied, shown, start } = useCopy(props)
  return (
    <ActionIcon aria-label={shown} color="gray" onClick={start} title={shown} variant="subtle">
      {isCopied ? <CheckIcon /> : <CopyIcon />}
    </ActionIcon>
  )
}
