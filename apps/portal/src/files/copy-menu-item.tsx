import { Menu } from '@mantine/core'
import { type CopyProps, useCopy } from '../shared/copy.js'

/** Copies, in a menu that stays open to tell what became of it. */
export function CopyMenuItem(props: CopyProps) {
  const { shown, start } = useCopy(props)
  return (
    <Menu.Item closeMenuOnClick={false} onClick={start}>
      <span aria-live="polite">{shown}</span>
    </Menu.Item>
  )
}
