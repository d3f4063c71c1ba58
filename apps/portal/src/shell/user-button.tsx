import { ActionIcon } from '@mantine/core'
import { Suspense, lazy, useState } from 'react'
import { ProfileIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'

const load = () => import('./user-menu.js')
const UserMenu = lazy(() => load().then((module) => ({ default: module.UserMenu })))

/** The button of the user's menu, which is loaded when somebody reaches for it. */
export function UserButton() {
  const [isWanted, want] = useState(false)
  const prepare = () => void load()
  const button = (
    <ActionIcon
      aria-haspopup="menu"
      aria-label={m.account_menu()}
      color="gray"
      loading={isWanted}
      onClick={() => want(true)}
      onFocus={prepare}
      onPointerEnter={prepare}
      size="lg"
      variant="subtle"
    >
      <ProfileIcon size={20} />
    </ActionIcon>
  )
  return isWanted ? (
    <Suspense fallback={button}>
      <UserMenu />
    </Suspense>
  ) : (
    button
  )
}
