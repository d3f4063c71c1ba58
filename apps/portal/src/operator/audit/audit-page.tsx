import { Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { AUDIT_CSV_HEAD, type AuditEntryView, auditCsvLine } from '@obb/contracts'
import { useMemo } from 'react'
import { call } from '../../api/call.js'
import { EmptyState } from '../../shared/empty-state.js'
import { ExportMenu } from '../../shared/export-menu.js'
import { exportPages } from '../../shared/export-pages.js'
import { Facts } from '../../shared/facts.js'
import { ExactTime, Time } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { AuditIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { SearchInput } from '../../shared/search-input.js'
import { failureText } from '../../shared/refusals.js'
import { m } from '../../shared/text.js'
import { Listed, useRows } from '../listed.js'
import { Details, OpenRow, StateBadge } from '../parts.js'
import { auditQuery } from '../queries.js'
import { withoutUnset } from '../search.js'
import { Changes, ChangesInShort } from './changes.js'
import { sentenceOf, whoOf } from './sentence.js'

/** Entries of one question of an export. */
const PAGE = 1_000

const route = getRouteApi('/frame/operator/admin/audit')

/** How far back one may look, hours. */
const SPANS: Record<string, () => string> = {
  '24': m.admin_audit_day,
  '168': m.admin_audit_week,
  '720': m.admin_audit_month,
}

/** Who changed what, and who was not let in. */
export function AuditPage() {
  const { who, what, since, entry: opened } = route.useSearch()
  const navigate = route.useNavigate()
  // Of the hours in the URL, fixed while they stay: a moving time would be another question each time.
  const from = useMemo(
    () =>
      since !== undefined && since in SPANS
        ? new Date(Date.now() - Number(since) * 3600e3).toISOString()
        : undefined,
    [since],
  )
  const list = useRows(useInfiniteQuery(auditQuery({ who, what, since: from })))
  const change = (next: Partial<Record<'who' | 'what' | 'since' | 'entry', string | undefined>>) =>
    void navigate({ search: (known) => withoutUnset({ ...known, ...next }), replace: true })
  const isFiltered = who !== undefined || what !== undefined || since !== undefined
  return (
    <>
      <PageHeader lead={m.admin_audit_lead()} title={m.nav_audit()} />
      <Stack gap="md">
        <Group gap="sm">
          <SearchInput label={m.admin_audit_who()} onChange={(text) => change({ who: text })} value={who} />
          <SearchInput
            label={m.admin_audit_what()}
            onChange={(text) => change({ what: text })}
            value={what}
          />
          <NativeSelect
            aria-label={m.admin_since()}
            data={[
              { value: '', label: m.admin_audit_always() },
              ...Object.entries(SPANS).map(([value, label]) => ({ value, label: label() })),
            ]}
            onChange={(event) => change({ since: event.currentTarget.value || undefined })}
            value={since ?? ''}
          />
          <ExportMenu
            of={[
              {
                title: m.nav_audit(),
                label: m.admin_audit_export,
                write: (exporting) =>
                  exportPages(
                    {
                      name: 'obb-audit',
                      csvHead: AUDIT_CSV_HEAD,
                      csvLine: auditCsvLine,
                      read: (after, signal) =>
                        call('GET admin/audit', {
                          query: { who, what, since: from, after, limit: PAGE },
                          signal,
                        }),
                    },
                    exporting,
                  ),
              },
            ]}
          />
        </Group>
        <Listed
          columns={[
            {
              id: 'at',
              header: m.admin_when(),
              width: 'minmax(0, 1.4fr)',
              cell: ({ at }) => <Time at={at} />,
            },
            {
              id: 'who',
              header: m.admin_who(),
              width: 'minmax(0, 2fr)',
              cell: (entry) => (
                <>
                  {whoOf(entry)}
                  <Text c="dimmed" size="xs">
                    {entry.address}
                  </Text>
                </>
              ),
            },
            {
              id: 'what',
              header: m.admin_what(),
              width: 'minmax(0, 3fr)',
              cell: (entry) => (
                <>
                  <OpenRow onOpen={() => change({ entry: entry.id })}>{sentenceOf(entry)}</OpenRow>
                  <ChangesInShort changes={entry.changes} />
                </>
              ),
            },
            {
              id: 'outcome',
              header: m.admin_outcome(),
              width: 'minmax(0, 1.6fr)',
              cell: (entry) => <Outcome entry={entry} />,
            },
          ]}
          empty={
            <EmptyState
              icon={<AuditIcon size={32} />}
              title={isFiltered ? m.admin_nothing_found() : m.admin_audit_none()}
            >
              {isFiltered ? m.admin_filter_next() : m.admin_audit_none_next()}
            </EmptyState>
          }
          label={m.nav_audit()}
          list={list}
          rowKey={({ id }) => id}
        />
      </Stack>
      <EntryDetails
        entry={list.rows.find(({ id }) => id === opened)}
        onClose={() => change({ entry: undefined })}
      />
    </>
  )
}

function Outcome({ entry: { kind, outcome, count } }: { entry: AuditEntryView }) {
  if (kind === 'auth_failure') {
    return <StateBadge color="orange">{m.admin_audit_not_let_in({ count })}</StateBadge>
  }
  if (outcome === 'ok') return <StateBadge color="green">{m.admin_audit_ok()}</StateBadge>
  if (outcome === null) return <StateBadge color="gray">{m.admin_audit_open()}</StateBadge>
  if (outcome === 'given_up') return <StateBadge color="red">{m.admin_audit_given_up()}</StateBadge>
  return (
    <>
      <StateBadge color="red">{m.admin_audit_not_let_in({ count: 1 })}</StateBadge>
      <Text c="dimmed" size="xs">
        {failureText(outcome)}
      </Text>
    </>
  )
}

function EntryDetails({ entry, onClose }: { entry: AuditEntryView | undefined; onClose: () => void }) {
  return (
    <Details onClose={onClose} opened={entry !== undefined} title={entry && sentenceOf(entry)}>
      {entry && (
        <>
          <Facts
            facts={[
              [m.admin_when(), <ExactTime at={entry.at} key="at" />],
              [m.admin_who(), whoOf(entry)],
              [m.admin_address(), entry.address],
              [m.admin_target(), entry.targetName ?? entry.target],
              [m.admin_outcome(), <Outcome entry={entry} key="outcome" />],
              [m.admin_times(), entry.count > 1 && formatNumber(entry.count)],
              [
                m.admin_audit_raw(),
                <code key="raw">{[entry.action, entry.target].filter(Boolean).join(' · ')}</code>,
              ],
            ]}
          />
          <Changes changes={entry.changes} />
        </>
      )}
    </Details>
  )
}
