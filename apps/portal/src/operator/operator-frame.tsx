import { Outlet } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import { useUser } from '../session/session.js'
import { EmptyState } from '../shared/empty-state.js'
import { WarningIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { doneText, onDone } from './done.js'
import styles from './operator-frame.module.css'

/** What all pages of the operator have: that they are the operator's, and a place for what was done. */
export function OperatorFrame() {
  const { role } = useUser()
  const done = useSyncExternalStore(onDone, doneText)
  // The API refuses whoever is none; here it is said in words.
  if (role !== 'operator') {
    return (
      <EmptyState icon={<WarningIcon size={32} />} order={1} title={m.admin_operators_only()}>
        {m.admin_operators_only_next()}
      </EmptyState>
    )
  }
  return (
    <>
      <Outlet />
      <div role="status">
        <div className={styles['done']}>{done}</div>
      </div>
    </>
  )
}
