import { Button } from '@mantine/core'
import type { FormEvent } from 'react'

/** What a form does, in place of the browser. */
export const submitting = (act: () => void) => (event: FormEvent) => {
  event.preventDefault()
  act()
}

export function Submit({ children, ...props }: { children: string; loading: boolean; color?: string }) {
  return (
    <Button style={{ alignSelf: 'flex-start' }} type="submit" {...props}>
      {children}
    </Button>
  )
}
