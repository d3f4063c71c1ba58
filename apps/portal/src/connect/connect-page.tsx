import { Anchor, Button, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../api/call.js'
import type { KeyView } from '../api/portal-types.js'
import { keysQuery } from '../profile/keys-query.js'
import { CopyButton, CopyIconButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { ClientSeen } from './client-seen.js'
import { CLIENTS, type Client } from './clients.js'
import styles from './connect.module.css'
import { freeName, isAwaited, keysOf, passportOf } from './passport.js'

/** How often is looked who was here while the page is in sight, ms: first requests of a new client are waited for. */
const AWAITED_MS = 2_000
const OTHERWISE_MS = 10_000

/** Programs that use this server, each with a key of its own and its set-up filled in. */
export function ConnectPage() {
  const [made, setMade] = useState<ReadonlySet<string>>(new Set())
  const keys = useQuery({
    ...keysQuery,
    refetchInterval: ({ state }) => (isAwaited(state.data, made) ? AWAITED_MS : OTHERWISE_MS),
  })
  const addMade = (id: string) => setMade((known) => new Set(known).add(id))
  return (
    <>
      <PageHeader lead={m.connect_lead()} title={m.nav_connect()} />
      <div className={styles['cards']}>
        {CLIENTS.map((client) => (
          <ClientCard client={client} key={client.id} keys={keys.data} onMade={addMade} />
        ))}
        <BookmarkCard />
        <OwnProgramCard />
      </div>
    </>
  )
}

interface CardProps {
  id: string
  title: string
  what: string
  children: ReactNode
}

function Card({ id, title, what, children }: CardProps) {
  return (
    <Paper component="section" aria-labelledby={`client-${id}`} p="lg" withBorder>
      <Stack gap="sm" h="100%">
        <Title id={`client-${id}`} order={2}>
          {title}
        </Title>
        <Text c="dimmed" size="sm">
          {what}
        </Text>
        {children}
      </Stack>
    </Paper>
  )
}

interface ClientCardProps {
  client: Client
  /** All of the user's. */
  keys: readonly KeyView[] | undefined
  /** A key was made, of this id. */
  onMade: (id: string) => void
}

function ClientCard({ client, keys = [], onMade }: ClientCardProps) {
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: () => {
      const name = freeName(client.name, new Set(keys.map((key) => key.name)))
      return call('POST keys', { body: { name, ...(client.errorsAs200 && { errorsAs200: true }) } })
    },
    onSuccess: ({ id }) => {
      onMade(id)
      return queries.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  })
  const settings = make.data && client.settings(location.origin, make.data.apiKey)
  const passport = passportOf(
    make.data ? keys.filter(({ id }) => id === make.data.id) : keysOf(client.name, keys),
  )
  return (
    <Card id={client.id} title={client.name} what={client.what()}>
      {make.error && <ErrorNotice error={make.error} />}
      {settings && (
        <Stack gap="sm">
          <List size="sm" type="ordered">
            {settings.steps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
          {settings.fields?.map(([label, value]) => (
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
          {settings.command !== undefined && (
            <>
              <Code block tabIndex={0}>
                {settings.command}
              </Code>
              <Group>
                <CopyButton label={m.copy_command()} text={settings.command} />
              </Group>
            </>
          )}
          <Text c="dimmed" size="xs">
            {m.key_shown_once()}
          </Text>
        </Stack>
      )}
      <ClientSeen isAwaited={make.isSuccess} name={client.name} passport={passport} />
      {!settings && (
        <Group mt="auto">
          <Button loading={make.isPending} onClick={() => make.mutate()} variant="light">
            {m.client_make_key()}
          </Button>
        </Group>
      )}
    </Card>
  )
}

/** A bookmark that hands the links of a page over. */
function BookmarkCard() {
  const links =
    "(s=>[...document.links].filter(a=>s.isCollapsed||s.containsNode(a,true)).map(a=>a.href).join('\\n'))(getSelection())"
  const code = `javascript:void open('${location.origin}/?links='+encodeURIComponent(${links}.slice(0,8000)))`
  return (
    <Card id="bookmark" title={m.client_bookmark()} what={m.client_bookmark_what()}>
      <Group mt="auto">
        <CopyButton label={m.client_bookmark_copy()} text={code} />
      </Group>
    </Card>
  )
}

/** For whoever writes a program: what can be asked, and a place to ask it. */
function OwnProgramCard() {
  return (
    <Card id="own" title={m.client_own()} what={m.client_own_what()}>
      <Group mt="auto">
        <Button component={Link} to="/try" variant="light">
          {m.try_title()}
        </Button>
        <Anchor href="/docs" size="sm">
          {m.documentation()}
        </Anchor>
      </Group>
    </Card>
  )
}
