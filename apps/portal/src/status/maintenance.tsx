import { Alert, Text } from '@mantine/core'
import type { Maintenance } from '@obb/contracts'
import { formatTime } from '../shared/format.js'
import { m, sentences } from '../shared/text.js'
import { AnnouncementText } from './announcement.js'

/** That no new links are taken, until when, and what operators say of it; it stays as long as that is so. */
export function MaintenanceNotice({ maintenance: { until, note } }: { maintenance: Maintenance }) {
  return (
    <Alert color="orange" role="status" title={m.maintenance()} variant="light">
      <Text size="sm">
        {sentences(
          m.maintenance_lead(),
          until === null ? undefined : m.maintenance_until({ time: formatTime(until) }),
        )}
      </Text>
      {note && <AnnouncementText texts={note} />}
    </Alert>
  )
}
