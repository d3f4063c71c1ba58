import { Fragment, type ReactNode } from 'react'
import styles from './data-table.module.css'

/** Names with their values, below each other. */
export function Facts({ facts }: { facts: readonly [string, ReactNode][] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
