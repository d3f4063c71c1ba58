import { Badge } from '@mantine/core'
import type { HostGroup } from '@obb/contracts'
import { m } from '../shared/text.js'

export function HostState({ host: { currently_working: works } }: { host: HostGroup }) {
  return <Badge color={works ? 'green' : 'red'}>{works ? m.host_works() : m.host_away()}</Badge>
}
