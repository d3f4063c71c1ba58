import { ActionIcon, Badge, Button, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  DEFAULT_SHARE_DOWNLOADS,
  DEFAULT_SHARE_SECONDS,
  type ListedLink,
  MAX_SHARE_DOWNLOADS,
  type ShareAnswer,
} from '@obb/contracts'
import { useId, useState } from 'react'
import { call } from '../api/call.js'
import { CopyIconButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { ExactTime } from '../shared/figures.js'
import { formatDuration, formatNumber, formatTime } from '../shared/format.js'
import { TrashIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'

/** How long a share may be good for, s. */
const TIMES = [3600, 86_400, DEFAULT_SHARE_SECONDS, 30 * 86_400]

const queryKey = (linkId: string) => ['shares', linkId]

/** Who else may download a file: for a time and a number of downloads. */
export function Shares({ link: { linkId } }: { link: ListedLink }) {
  const id = useId()
  const client = useQueryClient()
  const shares = useQuery({
    queryKey: queryKey(linkId),
    queryFn: ({ signal }) => call('GET links/{id}/shares', { params: { id: linkId }, signal }),
    // Others change it.
    staleTime: 0,
  })
  const changed = () => client.invalidateQueries({ queryKey: queryKey(linkId) })
  const remove = useMutation({
    mutationFn: (share: string) =>
      call('DELETE links/{id}/shares/{share}', { params: { id: linkId, share } }),
    onSettled: changed,
  })
  return (
    <section aria-labelledby={id}>
      <Title id={id} mb={4} order={3} size="h5">
        {m.shares_title()}
      </Title>
      <Text c="dimmed" mb="sm" size="sm">
        {m.shares_lead()}
      </Text>
      <AddShare linkId={linkId} onAdded={changed} />
      {shares.error && <ErrorNotice error={shares.error} onRetry={() => void shares.refetch()} />}
      {remove.error && <ErrorNotice error={remove.error} />}
      {shares.isPending && <Pending />}
      {shares.data && shares.data.shares.length > 0 && (
        <Stack gap="sm" mt="md">
          {shares.data.shares.map((share) => (
            <ShareRow isRemoving={remove.isPending} key={share.id} onRemove={remove.mutate} share={share} />
          ))}
        </Stack>
      )}
    </section>
  )
}

function AddShare({ linkId, onAdded }: { linkId: string; onAdded: () => Promise<void> }) {
  const [seconds, setSeconds] = useState(DEFAULT_SHARE_SECONDS)
  const [downloads, setDownloads] = useState(String(DEFAULT_SHARE_DOWNLOADS))
  const count = Number(downloads)
  const isCount = Number.isInteger(count) && count >= 1 && count <= MAX_SHARE_DOWNLOADS
  const add = useMutation({
    mutationFn: () =>
      call('POST links/{id}/shares', {
        params: { id: linkId },
        body: { expires_in_seconds: seconds, max_downloads: count },
      }),
    onSuccess: onAdded,
  })
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <NativeSelect
          data={TIMES.map((time) => ({ value: String(time), label: formatDuration(time) }))}
          label={m.shares_for()}
          onChange={(event) => setSeconds(Number(event.currentTarget.value))}
          size="xs"
          value={String(seconds)}
        />
        <TextInput
          label={m.shares_downloads()}
          max={MAX_SHARE_DOWNLOADS}
          min={1}
          onChange={(event) => setDownloads(event.currentTarget.value)}
          size="xs"
          type="number"
          value={downloads}
          w={110}
        />
        <Button disabled={!isCount} loading={add.isPending} onClick={() => add.mutate()} size="xs">
          {m.shares_add()}
        </Button>
      </Group>
      {add.error && <ErrorNotice error={add.error} />}
    </Stack>
  )
}

const STATES: Record<ShareAnswer['state'], [color: string, text: () => string]> = {
  open: ['green', m.share_open],
  used_up: ['gray', m.share_used_up],
  over: ['gray', m.share_over],
}

interface ShareRowProps {
  share: ShareAnswer
  isRemoving: boolean
  onRemove: (id: string) => void
}

function ShareRow({ share, isRemoving, onRemove }: ShareRowProps) {
  const { id, url, state, downloads, max_downloads: most, expires_at: expiresAt } = share
  const [color, text] = STATES[state]
  const time = formatTime(expiresAt)
  return (
    <Group gap="xs" justify="space-between" wrap="nowrap">
      <div>
        <Group gap="xs">
          <Badge color={color} variant="light">
            {text()}
          </Badge>
          <Text size="sm">{m.shares_used({ count: formatNumber(downloads), most: formatNumber(most) })}</Text>
        </Group>
        <Text c="dimmed" size="xs">
          {m.fact_expires()} · <ExactTime at={expiresAt} />
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        {state === 'open' && <CopyIconButton label={m.shares_copy({ time })} text={url} />}
        <ActionIcon
          aria-label={m.shares_remove({ time })}
          color="red"
          disabled={isRemoving}
          onClick={() => onRemove(id)}
          title={m.shares_remove({ time })}
          variant="subtle"
        >
          <TrashIcon />
        </ActionIcon>
      </Group>
    </Group>
  )
}
