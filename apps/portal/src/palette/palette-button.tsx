import { ActionIcon } from '@mantine/core'
import { Suspense, lazy, useEffect, useState } from 'react'
import { SearchIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'

const Palette = lazy(() => import('./palette.js').then(({ Palette }) => ({ default: Palette })))

/** Opens the palette, as Ctrl-K does from anywhere; it is loaded when it is first wanted. */
export function PaletteButton({ isOperator }: { isOperator: boolean }) {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      setOpen((open) => !open)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <>
      <ActionIcon
        aria-keyshortcuts="Control+K Meta+K"
        aria-label={m.palette()}
        color="gray"
        onClick={() => setOpen(true)}
        size="lg"
        title={m.palette_shortcut()}
        variant="subtle"
      >
        <SearchIcon size={20} />
      </ActionIcon>
      {isOpen && (
        <Suspense>
          <Palette isOperator={isOperator} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
