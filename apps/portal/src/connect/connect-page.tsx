import { Button, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'
import { keysQuery } from '../profile/keys-query.js'
import { CopyButton, CopyIconButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { ClientSeen } from './client-seen.js'
import { CLIENTS, type Client } from './clients.js'
import styles from './connect.module.css'
import { freeName, keysOf, passportOf } from './passport.js'

/** How often is looked who was here, ms: while somebody sets a client up, its first request is worth waiting for. */
const WATCH_MS = 2_000

/** Programs that use this server, each with a key of its own and its set-up filled in. */
export function ConnectPage() {
  return (
    <>
      <PageHeader lead={m.connect_lead()} title={m.nav_connect()} />
      <div className={styles['cards']}>
        {CLIENTS.map((client) => (
          <ClientCard client={client} key={client.id} />
        ))}
        <BookmarkCard />
      </div>
    </>
  )
}

function ClientCard({ client }: { client: Client }) {
  const queries = useQueryClient()
  const keys = useQuery({ ...keysQuery, refetchInterval: WATCH_MS })
  const make = useMutation({
    mutationFn: () => {
      const name = freeName(client.name, new Set(keys.data?.map((key) => key.name)))
      return call('POST keys', { body: { name, ...(client.errorsAs200 && { errorsAs200: true }) } })
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  const setUp = make.data && client.setUp(location.origin, make.data.apiKey)
  const passport = passportOf(
    make.data ? keys.data?.filter(({ id }) => id === make.data.id) : keysOf(client.name, keys.data ?? []),
  )
  return (
    <Paper component="section" aria-labelledby={`client-${client.id}`} p="lg" withBorder>
      <Stack gap="sm" h="100%">
        <Title id={`client-${client.id}`} order={2}>
          {client.name}
        </Title>
        <Text c="dimmed" size="sm">
          {client.what()}
        </Text>
        {make.error && <ErrorNotice error={make.error} />}
        {setUp ? (
          <Stack gap="sm">
            <List size="sm" type="ordered">
              {setUp.steps.map((step) => (
                <List.Item key={step}>{step}</List.Item>
              ))}
            </List>
            {setUp.fields?.map(([label, value]) => (
              <div key={label}>
                <Text fw={500} size="xs">
                  {label}
                </Text>
                <Group gap={4} wrap="nowrap">
                  <Code className={styles['value'] ?? ''}>{value}</Code>
                  <CopyIconButton label={m.copy_named({ name: label })} text={value} />
                </Group>
              </div>
            ))}
            {setUp.command !== undefined && (
              <>
                <Code block tabIndex={0}>
                  {setUp.command}
                </Code>
                <Group>
                  <CopyButton label={m.copy_command()} text={setUp.command} />
                </Group>
              </>
            )}
            <Text c="dimmed" size="xs">
              {m.key_shown_once()}
            </Text>
          </Stack>
        ) : (
          <Group mt="auto">
            <Button loading={make.isPending} onClick={() => make.mutate()} variant="light">
              {m.client_make_key()}
            </Button>
          </Group>
        )}
        <ClientSeen isAwaited={make.isSuccess} name={client.name} passport={passport} />
      </Stack>
    </Paper>
  )
}

/** A bookmark that hands the links of a page over. */
function BookmarkCard() {
  const links =
    "(s=>[...document.links].filter(a=>s.isCollapsed||s.containsNode(a,true)).map(a=>a.href).join('\\n'))(getSelection())"
  const code = `javascript:void open('${location.origin}/?links='+encodeURIComponent(${links}.slice(0,8000)))`
  return (
    <Paper component="section" aria-labelledby="client-bookmark" p="lg" withBorder>
      <Stack gap="sm" h="100%">
        <Title id="client-bookmark" order={2}>
          {m.client_bookmark()}
        </Title>
        <Text c="dimmed" size="sm">
          {m.client_bookmark_what()}
        </Text>
        <Group mt="auto">
          <CopyButton label={m.client_bookmark_copy()} text={code} />
        </Group>
      </Stack>
    </Paper>
  )
}
