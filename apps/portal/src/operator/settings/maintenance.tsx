import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AnnouncementTexts, StatusPageView } from '@obb/contracts'
import { useState } from 'react'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { ExactTime } from '../../shared/figures.js'
import { submitting } from '../../shared/form.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { AnnouncementText } from '../../status/announcement.js'
import { Section } from '../parts.js'
import { statusPageQuery } from '../queries.js'
import { NoteFields, givenTexts } from './note-fields.js'
import { useStatusPageChange } from './use-status-page-change.js'

/** Whether new links are taken. */
export function MaintenanceSwitch() {
  const { data, error, refetch } = useQuery(statusPageQuery)
  return (
    <Section lead={m.admin_maintenance_lead()} title={m.maintenance()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && (data.maintenance ? <Lasting maintenance={data.maintenance} /> : <Begin />)}
    </Section>
  )
}

function Lasting({ maintenance }: { maintenance: NonNullable<StatusPageView['maintenance']> }) {
  const end = useStatusPageChange(() => m.admin_maintenance_ended())
  const { since, until, endsByItself, note } = maintenance
  return (
    <Stack gap="sm">
      <Facts
        facts={[
          [m.admin_maintenance_since(), <ExactTime at={since} key="since" />],
          [m.admin_maintenance_until(), until && <ExactTime at={until} key="until" />],
          [
            m.admin_maintenance_end(),
            endsByItself ? m.admin_maintenance_by_itself() : m.admin_maintenance_by_you(),
          ],
        ]}
      />
      {note && <AnnouncementText texts={note} />}
      {end.error && <ErrorNotice error={end.error} />}
      <Group>
        <Button loading={end.isPending} onClick={() => end.mutate({ maintenance: null })} size="xs">
          {m.admin_maintenance_stop()}
        </Button>
      </Group>
    </Stack>
  )
}

function Begin() {
  const [note, setNote] = useState<AnnouncementTexts>({})
  const [until, setUntil] = useState('')
  const [ends, setEnds] = useState(false)
  const begin = useStatusPageChange(() => m.admin_maintenance_begun())
  const submit = () => {
    const given = givenTexts(note)
    begin.mutate({
      maintenance: {
        ...(Object.keys(given).length > 0 && { note: given }),
        ...(until !== '' && { until: new Date(until).toISOString() }),
        endsByItself: ends && until !== '',
      },
    })
  }
  return (
    <form onSubmit={submitting(submit)}>
      <Stack gap="sm">
        <NoteFields label={m.admin_maintenance_note} onChange={setNote} texts={note} />
        <TextInput
          label={m.admin_maintenance_until()}
          maw={280}
          onChange={(event) => setUntil(event.currentTarget.value)}
          type="datetime-local"
          value={until}
        />
        <Checkbox
          checked={ends && until !== ''}
          disabled={until === ''}
          label={m.admin_maintenance_ends()}
          onChange={(event) => setEnds(event.currentTarget.checked)}
        />
        <Text c="dimmed" size="xs">
          {m.admin_maintenance_hint()}
        </Text>
        {begin.error && <ErrorNotice error={begin.error} />}
        <Group>
          <Button loading={begin.isPending} size="xs" type="submit" variant="default">
            {m.admin_maintenance_begin()}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
