import { Progress, Stack, Text } from '@mantine/core'
import type { ListedLink } from '@obb/contracts'
import { formatPercent, formatSpeed } from '../shared/format.js'
import { m } from '../shared/text.js'

/** The second half of the way, from this server to its user; nothing while nobody downloads. */
export function LinkStream({
  link,
}: {
  link: Pick<ListedLink, 'filename'> & Partial<Pick<ListedLink, 'stream'>>
}) {
  const { filename, stream } = link
  if (!stream) return null
  const percent = formatPercent(stream.progress)
  return (
    <Stack gap={4} w="100%">
      <Progress.Root size="sm">
        <Progress.Section
          aria-label={m.stream_named({ name: filename })}
          aria-valuetext={percent}
          color="green"
          value={stream.progress * 100}
        />
      </Progress.Root>
      <Text c="dimmed" size="xs">
        {m.stream_now({ percent, speed: formatSpeed(stream.bytes_per_second) })}
      </Text>
    </Stack>
  )
}
