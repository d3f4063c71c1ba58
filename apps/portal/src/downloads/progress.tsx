import { Badge, Progress, Stack, Text } from '@mantine/core'
import { formatBytes, formatPercent, formatRemaining, formatSpeed } from '../shared/format.js'
import { m } from '../shared/text.js'
import { LinkStream } from './link-stream.js'
import { STATE_COLORS, type ShownLink, reasonText, stateText } from './link-texts.js'

/** How far a link is: in words, and where bytes come in as a bar. */
export function LinkProgress({ link }: { link: ShownLink }) {
  const reason = reasonText(link)
  if (link.state !== 'downloading') {
    return (
      <Stack align="flex-start" gap={2}>
        <Badge color={STATE_COLORS[link.state]}>{stateText(link.state)}</Badge>
        {reason !== undefined && (
          <Text c={link.state === 'error' ? 'var(--mantine-color-error)' : 'dimmed'} size="xs">
            {reason}
          </Text>
        )}
        <LinkStream link={link} />
      </Stack>
    )
  }
  const percent = formatPercent(link.progress)
  const figures = [
    m.progress_of({ done: formatBytes(link.bytes_done), size: formatBytes(Number(link.filesize)) }),
    link.speed_bps === undefined ? undefined : formatSpeed(link.speed_bps),
    link.eta_seconds === undefined ? undefined : m.progress_left({ time: formatRemaining(link.eta_seconds) }),
  ]
  return (
    <Stack gap={4}>
      <Progress.Root size="md">
        <Progress.Section
          aria-label={m.progress_named({ name: link.filename })}
          aria-valuetext={percent}
          value={link.progress * 100}
        />
      </Progress.Root>
      <Text c="dimmed" size="xs">
        {percent} · {figures.filter((figure) => figure !== undefined).join(' · ')}
      </Text>
      <LinkStream link={link} />
    </Stack>
  )
}
