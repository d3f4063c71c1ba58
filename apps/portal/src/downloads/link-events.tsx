import { Text, Title } from '@mantine/core'
import type { LinkDetails, LinkEventKind } from '@obb/contracts'
import { useId } from 'react'
import { Facts } from '../shared/facts.js'
import { Bytes, ExactTime } from '../shared/figures.js'
import { m } from '../shared/text.js'
import { Amount, KINDS } from '../traffic/ledger-entry.js'

const EVENTS: Record<LinkEventKind, () => string> = {
  submitted: m.event_submitted,
  was_stored: m.event_was_stored,
  attempt_began: m.event_attempt_began,
  stored: m.event_stored,
  host_away: m.event_host_away,
  next_attempt: m.event_next_attempt,
  expires: m.event_expires,
  expired: m.event_expired,
  failed: m.event_failed,
  cancelled: m.event_cancelled,
  blocked: m.event_blocked,
  removed: m.event_removed,
}

/** What happened to a link, and what is not known of that. */
export function LinkEvents({ details: { timeline, gave_way: gaveWay } }: { details: LinkDetails }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <Title id={id} mb={4} order={3} size="h5">
        {m.timeline_title()}
      </Title>
      <Facts
        facts={timeline.map(({ at, what }) => [EVENTS[what](), <ExactTime at={at} key={what} />] as const)}
      />
      {gaveWay > 0 && <Text size="sm">{m.timeline_gave_way({ count: gaveWay })}</Text>}
      <Text c="dimmed" mt={4} size="xs">
        {m.timeline_unknown()}
      </Text>
    </section>
  )
}

/** What a link was charged and given back. */
export function LinkCosts({ details: { costs } }: { details: LinkDetails }) {
  const id = useId()
  const sum = -costs.reduce((total, { amount }) => total + amount, 0)
  return (
    <section aria-labelledby={id}>
      <Title id={id} mb={4} order={3} size="h5">
        {m.costs_title()}
      </Title>
      {costs.length === 0 ? (
        <Text size="sm">{m.costs_none()}</Text>
      ) : (
        <Facts
          facts={[
            ...costs.map(
              ({ kind, amount, at }) =>
                [
                  KINDS[kind](),
                  <span key={kind}>
                    <Amount value={amount} /> · <ExactTime at={at} />
                  </span>,
                ] as const,
            ),
            ...(costs.length === 1 ? [] : [[m.costs_sum(), <Bytes key="sum" value={sum} />] as const]),
          ]}
        />
      )}
    </section>
  )
}
