import { Button, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { LinkState } from '@obb/contracts'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Bytes, Time } from '../../shared/figures.js'
import { DownloadIcon } from '../../shared/icons.js'
import { refusalText } from '../../shared/refusals.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { StateBadge } from '../parts.js'
import { userLinksQuery } from '../queries.js'

const STATES: Record<LinkState, [color: string, text: () => string]> = {
  pending: ['gray', m.admin_link_pending],
  downloading: ['lake', m.admin_link_downloading],
  done: ['green', m.admin_link_done],
  error: ['red', m.admin_link_error],
  ended: ['gray', m.admin_link_ended],
}

/** What a user asked for, the newest first. */
export function UserLinks({ email }: { email: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    userLinksQuery(email),
  )
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Pending />
  const links = data.pages.flatMap(({ items }) => items)
  if (links.length === 0) {
    return (
      <EmptyState icon={<DownloadIcon size={32} />} title={m.admin_links_none()}>
        {m.admin_links_none_next()}
      </EmptyState>
    )
  }
  return (
    <Stack gap="sm">
      {links.map((link) => {
        const [color, text] = STATES[link.state]
        return (
          <div key={link.linkId}>
            <Text fw={500} size="sm">
              {link.filename}
            </Text>
            <Group gap="xs">
              <StateBadge color={color}>{text()}</StateBadge>
              <Text c="dimmed" size="xs">
                {link.platform} · <Bytes value={link.filesize} /> · <Time at={link.created_at} />
                {link.keyId != null && ` · ${link.key ?? link.keyId}`}
              </Text>
            </Group>
            {link.error && <Text size="xs">{refusalText(link.error.msg)}</Text>}
          </div>
        )
      })}
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()} variant="default">
          {m.admin_more()}
        </Button>
      )}
    </Stack>
  )
}
