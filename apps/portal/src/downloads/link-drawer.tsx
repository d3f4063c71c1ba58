import { Button, Code, Drawer, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ListedLink } from '@obb/contracts'
import { type ReactNode, Suspense, lazy } from 'react'
import { CopyButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Facts } from '../shared/facts.js'
import { Bytes } from '../shared/figures.js'
import { formatNumber } from '../shared/format.js'
import { DownloadIcon } from '../shared/icons.js'
import { refusalText } from '../shared/refusals.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { detailsQuery } from './details-query.js'
import { LinkCosts, LinkEvents } from './link-events.js'
import { LinkProgress } from './progress.js'

const Shares = lazy(() => import('../shares/shares.js').then(({ Shares }) => ({ default: Shares })))

const HASHES: Readonly<Record<string, string>> = { sha256: 'SHA-256', md5: 'MD5', crc32c: 'CRC-32C' }

interface LinkDrawerProps {
  /** Of the link that is open. */
  linkId: string | undefined
  /** As a list has it; a link that is in none is asked for. */
  link?: ListedLink | undefined
  onClose: () => void
  /** Cancels what is under way, and deletes what is there. */
  onCancel: (link: ListedLink) => void
}

/** All that is known of one link. */
export function LinkDrawer({ linkId, link, onClose, onCancel }: LinkDrawerProps) {
  return (
    <Drawer
      closeButtonProps={{ 'aria-label': m.close() }}
      onClose={onClose}
      opened={linkId !== undefined}
      position="right"
      title={m.drawer_title()}
    >
      {linkId !== undefined && <Known linkId={linkId} listed={link} onCancel={onCancel} />}
    </Drawer>
  )
}

interface KnownProps {
  linkId: string
  listed: ListedLink | undefined
  onCancel: (link: ListedLink) => void
}

/** What a list tells is there at once, and the rest when it comes. */
function Known({ linkId, listed, onCancel }: KnownProps) {
  const { data, error, refetch } = useQuery(detailsQuery(linkId, listed))
  const details = data?.link.linkId === linkId ? data : undefined
  const link = listed ?? details?.link
  return (
    <Stack gap="md">
      {link && <Details link={link} onCancel={onCancel} />}
      {details && <LinkCosts details={details} />}
      {details && <LinkEvents details={details} />}
      {!details && !error && <Pending />}
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {link && link.ended_at === null && (
        <Suspense fallback={<Pending />}>
          <Shares link={link} />
        </Suspense>
      )}
    </Stack>
  )
}

function Details({ link, onCancel }: { link: ListedLink; onCancel: (link: ListedLink) => void }) {
  const { hashes, error } = link
  const isUnderWay = link.state === 'pending' || link.state === 'downloading'
  const facts: [string, ReactNode][] = [
    [m.col_host(), `${link.platform} (${link.hostDomain})`],
    [m.col_size(), <Bytes key="size" value={link.filesize} />],
    ...(link.package === null ? [] : [[m.fact_package(), link.package] as [string, ReactNode]]),
    [m.col_key(), link.keyId == null ? m.key_none() : (link.key ?? m.key_gone())],
    [m.fact_attempts(), link.attempt > 0 && formatNumber(link.attempt)],
    ...(link.missing_bytes === undefined
      ? []
      : [[m.fact_missing(), <Bytes key="missing" value={link.missing_bytes} />] as [string, ReactNode]]),
    ...(error
      ? [[m.fact_error(), `${refusalText(error.msg)} (${error.status})`] as [string, ReactNode]]
      : []),
    ...Object.entries(hashes ?? {}).map(
      ([name, value]) => [HASHES[name] ?? name, <Code key={name}>{value}</Code>] as [string, ReactNode],
    ),
    [m.fact_id(), <Code key="id">{link.linkId}</Code>],
  ]
  return (
    <Stack gap="md">
      <Text fw={600}>{link.filename}</Text>
      <LinkProgress link={link} />
      <Group gap="xs">
        {link.link !== null && (
          <Button component="a" href={link.link} leftSection={<DownloadIcon size={16} />} size="xs">
            {m.download()}
          </Button>
        )}
        <CopyButton label={m.copy_details()} text={() => JSON.stringify(link, undefined, 2)} />
        {(isUnderWay || link.state === 'done') && (
          <Button color="red" onClick={() => onCancel(link)} size="xs" variant="light">
            {isUnderWay ? m.stop() : m.delete_()}
          </Button>
        )}
      </Group>
      <Facts facts={facts} />
    </Stack>
  )
}
