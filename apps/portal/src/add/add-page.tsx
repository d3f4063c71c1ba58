import { Alert, Anchor, Button, FileButton, Group, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { type DragEvent, type KeyboardEvent, Suspense, lazy, useEffect, useMemo, useState } from 'react'
import { call } from '../api/call.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes } from '../shared/format.js'
import { AddIcon, CheckIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { accountQuery } from '../traffic/account.js'
import styles from './add-page.module.css'
import { forgetDraft, readDraft, writeDraft } from './draft.js'
import { uploadNzbs } from './nzb.js'
import { linksToAdd, withoutLinks } from './pasted-links.js'
import { type Sum, sumUp } from './sum.js'
import { useChecks } from './use-checks.js'

/** Nobody needs it before the first link. */
const readTable = () => import('./links-table.js')
const LinksTable = lazy(async () => ({ default: (await readTable()).LinksTable }))

const route = getRouteApi('/frame/')

interface Outcome {
  added: number
  refused: Map<string, { status: number; msg: string }>
}

/** Where links come in: pasted or dropped, shown with what they are and cost, and then asked for. */
export function AddPage() {
  const { links: given = '' } = route.useSearch()
  useEffect(() => void readTable(), [])
  const client = useQueryClient()
  const [text, setText] = useState(() => given || readDraft())
  const [password, setPassword] = useState('')
  const [isOver, setOver] = useState(false)
  const links = useMemo(() => linksToAdd(text), [text])
  const { checkOf, failure } = useChecks(links)
  const sum = sumUp(links, checkOf)

  const change = (next: string) => {
    setText(next)
    writeDraft(next)
  }
  const add = useMutation({
    mutationFn: async (urls: string[]): Promise<Outcome> => {
      const { results } = await call('POST unrestrict/batch', {
        body: { urls, ...(password && { password }) },
      })
      const refused = new Map<string, { status: number; msg: string }>()
      const taken = new Set<string>()
      for (const { url, success, status = 999, msg = '' } of results) {
        if (success) taken.add(url)
        else refused.set(url, { status, msg })
      }
      change(withoutLinks(text, taken))
      if (refused.size === 0) forgetDraft()
      return { added: taken.size, refused }
    },
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  const [expanding, setExpanding] = useState<ReadonlySet<string>>(new Set())
  const expand = useMutation({
    mutationFn: async (url: string) => {
      setExpanding((known) => new Set(known).add(url))
      const folder = await call('POST expand', { body: { url, ...(password && { password }) } })
      const files = folder.links.map((link) => link.url).join('\n')
      setText((now) => `${withoutLinks(now, new Set([url]))}${files}\n`)
    },
    onSettled: (_, __, url) => setExpanding((known) => new Set([...known].filter((each) => each !== url))),
  })
  const nzb = useMutation({
    mutationFn: uploadNzbs,
    onSuccess: ({ folders }) => {
      if (folders.length > 0) change(`${text.trimEnd()}\n${folders.join('\n')}\n`.trimStart())
      return client.invalidateQueries({ queryKey: ['links'] })
    },
  })
  const submit = () => {
    if (sum.links.length > 0 && !add.isPending) add.mutate(sum.links)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
  }
  const onDrop = (event: DragEvent) => {
    setOver(false)
    const files = [...event.dataTransfer.files]
    if (files.length === 0) return
    event.preventDefault()
    nzb.mutate(files)
  }
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }

  return (
    <>
      <PageHeader lead={m.add_lead()} title={m.add_title()} />
      <Stack gap="md" onKeyDown={onKeyDown}>
        <div
          className={styles['drop']}
          data-over={isOver || undefined}
          onDragLeave={() => setOver(false)}
          onDragOver={onDragOver}
          onDrop={onDrop}
        >
          <Textarea
            autoComplete="off"
            autoFocus
            description={m.add_hint()}
            label={m.add_label()}
            maxRows={10}
            minRows={4}
            onChange={(event) => change(event.currentTarget.value)}
            resize="vertical"
            rows={5}
            spellCheck={false}
            value={text}
          />
        </div>
        <Group align="flex-end" gap="sm">
          <TextInput
            autoComplete="off"
            flex={1}
            label={m.add_password()}
            maw={320}
            miw={200}
            onChange={(event) => setPassword(event.currentTarget.value)}
            value={password}
          />
          <FileButton
            accept=".nzb,.nzb.gz,.zip,application/x-nzb"
            multiple
            onChange={(files) => nzb.mutate(files)}
          >
            {(props) => (
              <Button {...props} loading={nzb.isPending} variant="default">
                {m.add_nzb()}
              </Button>
            )}
          </FileButton>
        </Group>
        <div aria-live="polite">
          {add.data && <Added outcome={add.data} />}
          {nzb.data && nzb.data.added > 0 && (
            <Added outcome={{ added: nzb.data.added, refused: new Map() }} />
          )}
        </div>
        {nzb.error && <ErrorNotice error={nzb.error} />}
        {expand.error && <ErrorNotice error={expand.error} />}
        {add.error && <ErrorNotice error={add.error} onRetry={submit} />}
        {failure !== undefined && <ErrorNotice error={failure} />}
        {links.length > 0 ? (
          <>
            <Suspense fallback={<Pending />}>
              <LinksTable
                checkOf={checkOf}
                expanding={expanding}
                links={links}
                onExpand={(link) => expand.mutate(link)}
                onRemove={(link) => change(withoutLinks(text, new Set([link])))}
                whyRefused={(link) => add.data?.refused.get(link)}
              />
            </Suspense>
            <SumBar isPending={add.isPending} onSubmit={submit} sum={sum} />
          </>
        ) : (
          !add.data && (
            <EmptyState icon={<AddIcon size={32} />} title={m.add_empty_title()}>
              {m.add_empty()}
            </EmptyState>
          )
        )}
      </Stack>
    </>
  )
}

function Added({ outcome: { added, refused } }: { outcome: Outcome }) {
  return (
    <Alert color={added > 0 ? 'green' : 'red'} icon={added > 0 ? <CheckIcon /> : undefined} variant="light">
      {added > 0 && (
        <>
          {m.add_added({ count: added })}{' '}
          <Anchor component={Link} size="sm" to="/downloads">
            {m.add_see_downloads()}
          </Anchor>
        </>
      )}
      {refused.size > 0 && <Text size="sm">{m.add_refused({ count: refused.size })}</Text>}
    </Alert>
  )
}

function SumBar({ sum, isPending, onSubmit }: { sum: Sum; isPending: boolean; onSubmit: () => void }) {
  const { data: account } = useQuery(accountQuery)
  const left = account && account.trafficleft - sum.cost
  const limits = (account?.limits ?? []).filter(
    ({ platform, max }) => max !== null && sum.costByPlatform.has(platform),
  )
  return (
    <div className={styles['sum']}>
      <Group justify="space-between">
        <div>
          <Text fw={600} size="sm">
            {m.add_sum({
              count: sum.links.length,
              size: formatBytes(sum.bytes),
              cost: formatBytes(sum.cost),
            })}
            {sum.unknown > 0 && ` ${m.add_sum_unknown({ count: sum.unknown })}`}
          </Text>
          <Text c={left !== undefined && left < 0 ? 'var(--mantine-color-error)' : 'dimmed'} size="xs">
            {left !== undefined &&
              (left < 0
                ? m.add_short_of({ size: formatBytes(-left) })
                : m.add_left({ size: formatBytes(left) }))}
            {limits.map(({ platform, used, max }) => (
              <span key={platform}>
                {' · '}
                {m.add_host_left({ host: platform, size: formatBytes(Math.max(0, (max ?? 0) - used)) })}
              </span>
            ))}
            {sum.asking > 0 && ` · ${m.add_sum_asking({ count: sum.asking })}`}
          </Text>
        </div>
        <Button disabled={sum.links.length === 0} loading={isPending} onClick={onSubmit}>
          {m.add_submit({ count: sum.links.length })}
        </Button>
      </Group>
    </div>
  )
}
