import { ActionIcon, Badge, Button, Group, Loader, Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Column } from '../shared/data-table-props.js'
import { DataTable } from '../shared/data-table.js'
import { Bytes } from '../shared/figures.js'
import { formatDuration } from '../shared/format.js'
import { CloseIcon } from '../shared/icons.js'
import { causeOf, refusalSentences } from '../shared/refusals.js'
import { m, sentences } from '../shared/text.js'
import styles from './add-page.module.css'
import { isLater, isTaken } from './sum.js'
import type { Refusal, Refused } from './use-add.js'
import type { Check } from './use-checks.js'

/** What a row shows beside the link itself; each the same as long as it shows the same. */
interface Shown {
  checkOf: (link: string) => Check
  /** Why links were refused when they were asked for. */
  refused: Refused
  onRemove: (link: string) => void
  onExpand: (link: string) => void
  expanding: ReadonlySet<string>
}

/** A row per pasted link: what it is, what it costs, and why it would be refused. */
export function LinksTable({
  links,
  checkOf,
  refused,
  onRemove,
  onExpand,
  expanding,
}: Shown & { links: string[] }) {
  const columns = useMemo(
    () => columnsOf({ checkOf, refused, onRemove, onExpand, expanding }),
    [checkOf, refused, onRemove, onExpand, expanding],
  )
  const card = (link: string) => (
    <LinkCard
      check={checkOf(link)}
      isExpanding={expanding.has(link)}
      link={link}
      onExpand={onExpand}
      onRemove={onRemove}
      refusal={refused.get(link)}
    />
  )
  return (
    <DataTable
      card={card}
      columns={columns}
      label={m.add_links_label()}
      rowKey={(link) => link}
      rows={links}
    />
  )
}

/** A link on a phone: its name, and below that host, size and cost. */
function LinkCard({ onRemove, ...props }: NameProps & Pick<RemoveProps, 'onRemove'>) {
  const { link, check } = props
  return (
    <Group align="flex-start" gap="xs" wrap="nowrap">
      <div style={{ flex: 1, minWidth: 0 }}>
        <Name {...props} />
        <Group c="dimmed" fz="xs" gap={6} mt={4}>
          <span>{hostOf(link, check)}</span>·<Size check={check} />
          {isTaken(check) && (
            <>
              ·
              <span>
                {m.col_cost()} <Cost check={check} />
              </span>
            </>
          )}
        </Group>
      </div>
      <Remove check={check} link={link} onRemove={onRemove} />
    </Group>
  )
}

const columnsOf = ({ checkOf, refused, onRemove, onExpand, expanding }: Shown): Column<string>[] => [
  {
    id: 'name',
    header: m.col_name(),
    width: 'minmax(0, 3fr)',
    cell: (link) => (
      <Name
        check={checkOf(link)}
        isExpanding={expanding.has(link)}
        link={link}
        onExpand={onExpand}
        refusal={refused.get(link)}
      />
    ),
  },
  {
    id: 'host',
    header: m.col_host(),
    width: 'minmax(0, 1fr)',
    cell: (link) => hostOf(link, checkOf(link)),
  },
  {
    id: 'size',
    header: m.col_size(),
    width: '6rem',
    align: 'right',
    cell: (link) => <Size check={checkOf(link)} />,
  },
  {
    id: 'cost',
    header: m.col_cost(),
    width: '7.5rem',
    align: 'right',
    cell: (link) => <Cost check={checkOf(link)} />,
  },
  {
    id: 'remove',
    header: m.remove(),
    hideHeader: true,
    width: '32px',
    cell: (link) => <Remove check={checkOf(link)} link={link} onRemove={onRemove} />,
  },
]

interface RemoveProps {
  link: string
  check: Check
  onRemove: (link: string) => void
}

function Remove({ link, check, onRemove }: RemoveProps) {
  return (
    <ActionIcon
      aria-label={m.remove_named({ name: nameOf(link, check) })}
      color="gray"
      onClick={() => onRemove(link)}
      title={m.remove()}
      variant="subtle"
    >
      <CloseIcon size={16} />
    </ActionIcon>
  )
}

const known = (check: Check) => (check === 'asked' ? undefined : check)
const nameOf = (link: string, check: Check) => known(check)?.filename ?? link

function hostOf(link: string, check: Check): string {
  const platform = known(check)?.platform
  if (platform) return platform
  try {
    return new URL(link).hostname.replace(/^www\./, '')
  } catch {
    return ''
  }
}

interface NameProps {
  link: string
  check: Check
  refusal: Refusal | undefined
  isExpanding: boolean
  onExpand: (link: string) => void
}

function Name({ link, check, refusal, isExpanding, onExpand }: NameProps) {
  const facts = known(check)
  const name = nameOf(link, check)
  const isFolder = facts?.msg !== undefined && causeOf(facts.msg) === 'folder_given'
  const failed =
    refusal ?? (facts?.status === undefined ? undefined : { status: facts.status, msg: facts.msg ?? '' })
  return (
    <div>
      <span className={styles['name']} title={link}>
        {name}
      </span>
      {check === 'asked' && (
        <Group c="dimmed" gap={6}>
          <Loader size={12} />
          <Text size="xs">{m.add_asking()}</Text>
        </Group>
      )}
      {isFolder && (
        <Button loading={isExpanding} mt={4} onClick={() => onExpand(link)} size="compact-xs" variant="light">
          {m.add_open_folder()}
        </Button>
      )}
      {failed && !isFolder && (
        <Text c={facts && isLater(facts) && !refusal ? 'dimmed' : 'var(--mantine-color-error)'} size="xs">
          {sentences(
            refusalSentences(failed),
            facts?.retry_in_seconds === undefined
              ? undefined
              : m.error_retry_in({ time: formatDuration(facts.retry_in_seconds) }),
          )}
        </Text>
      )}
    </div>
  )
}

function Size({ check }: { check: Check }) {
  const size = known(check)?.filesize
  if (size == null)
    return (
      <Text c="dimmed" component="span" inherit>
        {m.unknown()}
      </Text>
    )
  return <Bytes value={size} />
}

function Cost({ check }: { check: Check }) {
  const facts = known(check)
  if (!facts || !isTaken(check)) return '–'
  if (facts.reusable || facts.cost === 0) {
    return (
      <Badge color="green" variant="light">
        {facts.reusable ? m.add_have_it() : m.free()}
      </Badge>
    )
  }
  return facts.cost === null ? m.unknown() : <Bytes value={facts.cost} />
}
