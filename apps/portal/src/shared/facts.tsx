import { Fragment, type ReactNode } from 'react'
import styles from './data-table.module.css'

const isSaid = (value: ReactNode) => value !== undefined && value !== null && value !== false && value !== ''

/** Names with their values, below each other; without those of which there is nothing to say. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles['facts']}>
      {facts
        .filter(([, value]) => isSaid(value))
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  )
}
