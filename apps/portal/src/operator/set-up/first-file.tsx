import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { LinkAnswer } from '@obb/contracts'
import { type FormEvent, useEffect, useState } from 'react'
import { call } from '../../api/call.js'
import { LinkProgress } from '../../downloads/progress.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { formatBytes } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { ADMIN } from '../queries.js'

const LOOK_MS = 1_000

/** A link that is pasted, and its file as it comes in. */
export function FirstFile() {
  const client = useQueryClient()
  const [url, setUrl] = useState('')
  const fetching = useMutation({ mutationFn: () => call('POST unrestrict', { body: { url: url.trim() } }) })
  const linkId = fetching.data?.linkId
  const link = useQuery({
    queryKey: ['first file', linkId],
    queryFn: ({ signal }) => call('GET link/{id}', { params: { id: linkId ?? '' }, signal }),
    enabled: linkId !== undefined,
    refetchInterval: ({ state }) => (isOver(state.data) ? false : LOOK_MS),
  })
  const isHere = link.data?.download_ready === true
  useEffect(() => {
    if (isHere) void client.invalidateQueries({ queryKey: [ADMIN] })
  }, [isHere, client])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    fetching.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{m.admin_setup_file_lead()}</Text>
        <TextInput
          autoComplete="off"
          label={m.admin_setup_file_link()}
          onChange={(event) => setUrl(event.currentTarget.value)}
          required
          spellCheck={false}
          type="url"
          value={url}
        />
        {fetching.error && <ErrorNotice error={fetching.error} />}
        <Group>
          <Button loading={fetching.isPending} type="submit">
            {m.admin_setup_file_fetch()}
          </Button>
        </Group>
        {link.error && <ErrorNotice error={link.error} onRetry={() => void link.refetch()} />}
        {link.data && <FirstLink link={link.data} />}
      </Stack>
    </form>
  )
}

const isOver = (link: LinkAnswer | undefined) =>
  link?.remote_status === 'done' || link?.remote_status === 'error'

function FirstLink({ link }: { link: LinkAnswer }) {
  const { download_ready: isHere, filename, filesize, link: url } = link
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
        {filename}
      </Text>
      <LinkProgress link={{ ...link, state: link.remote_status }} />
      <Text aria-live="polite" size="sm">
        {isHere && m.admin_setup_file_here({ size: formatBytes(Number(filesize)) })}
      </Text>
      {isHere && url !== null && (
        <Anchor download href={url} size="sm">
          {m.admin_setup_file_download()}
        </Anchor>
      )}
    </Stack>
  )
}
