import { Button, Group, Tabs } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ListedUser } from '../../api/operator-endpoints.js'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { Bytes, ExactTime } from '../../shared/figures.js'
import { UsersIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { Details } from '../parts.js'
import { usersQuery } from '../queries.js'
import { ChangePlan } from './change-plan.js'
import { ChangeTraffic } from './change-traffic.js'
import { UserActions } from './user-actions.js'
import { UserKeys } from './user-keys.js'
import { UserLinks } from './user-links.js'
import { UserState } from './user-state.js'

/** One user: what they may use, what they have, and what can be done about it. */
export function UserDetails({ email, onClose }: { email: string | undefined; onClose: () => void }) {
  return (
    <Details onClose={onClose} opened={email !== undefined} title={email}>
      {email !== undefined && <User email={email} key={email} onClose={onClose} />}
    </Details>
  )
}

function User({ email, onClose }: { email: string; onClose: () => void }) {
  // The list finds parts of an e-mail; the whole one is among what it finds.
  const { data, error, refetch } = useInfiniteQuery(usersQuery(email))
  const user = data?.pages.flatMap(({ items }) => items).find((listed) => listed.email === email)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Pending />
  if (!user) return <EmptyState icon={<UsersIcon size={32} />} title={m.admin_user_gone({ email })} />
  return (
    <Tabs defaultValue="about">
      <Tabs.List mb="md">
        <Tabs.Tab value="about">{m.admin_user_about()}</Tabs.Tab>
        <Tabs.Tab value="links">{m.admin_user_links()}</Tabs.Tab>
        <Tabs.Tab value="keys">{m.admin_user_keys()}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="about">
        <About onClose={onClose} user={user} />
      </Tabs.Panel>
      <Tabs.Panel value="links">
        <UserLinks email={email} />
      </Tabs.Panel>
      <Tabs.Panel value="keys">
        <UserKeys email={email} />
      </Tabs.Panel>
    </Tabs>
  )
}

function About({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const [form, open] = useState<'plan' | 'traffic'>()
  const close = () => open(undefined)
  if (form === 'plan') return <ChangePlan onDone={close} user={user} />
  if (form === 'traffic') return <ChangeTraffic onDone={close} user={user} />
  const caps = Object.entries(user.hostCaps)
  return (
    <>
      <Facts
        facts={[
          [m.admin_state(), <UserState key="state" user={user} />],
          [m.admin_traffic_left(), <Bytes key="left" value={user.trafficLeft} />],
          [m.admin_traffic_granted(), <Bytes key="granted" value={user.trafficMax} />],
          [
            m.admin_daily(),
            user.dailyPerHost === null ? m.admin_no_cap() : <Bytes key="daily" value={user.dailyPerHost} />,
          ],
          [
            m.admin_host_caps(),
            caps.length > 0 &&
              caps.map(([platform, cap]) => (
                <div key={platform}>
                  {platform}: <Bytes value={cap} />
                </div>
              )),
          ],
          [m.admin_weight(), String(user.weight)],
          [m.admin_passkeys(), String(user.passkeys)],
          [m.admin_identities(), String(user.identities)],
          [m.admin_solo(), user.solo ? m.admin_yes() : m.admin_no()],
          [
            m.admin_expires(),
            user.expiresAt === null ? m.admin_never_ends() : <ExactTime at={user.expiresAt} key="expires" />,
          ],
          [m.admin_added(), <ExactTime at={user.createdAt} key="added" />],
        ]}
      />
      <Group gap="xs" my="lg">
        <Button onClick={() => open('traffic')} variant="default">
          {m.admin_traffic_change()}
        </Button>
        <Button onClick={() => open('plan')} variant="default">
          {m.admin_plan_change()}
        </Button>
      </Group>
      <UserActions onRemoved={onClose} user={user} />
    </>
  )
}
