import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../../shared/empty-state.js'
import { Time } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { CheckIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Listed } from '../listed.js'
import { hostWordsQuery } from '../queries.js'

/** What hosts said that no table understands. */
export function HostWords() {
  const { data = [], isPending, error, refetch } = useQuery(hostWordsQuery)
  return (
    <>
      <Text c="dimmed" maw="70ch" size="sm">
        {m.admin_host_words_lead()}
      </Text>
      <Listed
        columns={[
          { id: 'host', header: m.admin_host(), width: 'minmax(0, 1.5fr)', cell: ({ platform }) => platform },
          {
            id: 'words',
            header: m.admin_host_words_said(),
            width: 'minmax(0, 4fr)',
            cell: ({ words }) => <span lang="en">{words}</span>,
          },
          {
            id: 'taken',
            header: m.admin_host_words_taken(),
            width: 'minmax(0, 1.5fr)',
            cell: ({ takenFor }) => <span lang="en">{takenFor}</span>,
          },
          {
            id: 'count',
            header: m.admin_times(),
            width: '5rem',
            align: 'right',
            cell: ({ count }) => formatNumber(count),
          },
          {
            id: 'last',
            header: m.admin_last(),
            width: '8rem',
            align: 'right',
            cell: ({ lastAt }) => <Time at={lastAt} />,
          },
        ]}
        empty={
          <EmptyState icon={<CheckIcon size={32} />} title={m.admin_host_words_none()}>
            {m.admin_host_words_none_hint()}
          </EmptyState>
        }
        label={m.admin_host_words()}
        list={{ rows: data, isPending, error, retry: () => void refetch() }}
        rowKey={({ platform, words, takenFor }) => `${platform} ${takenFor} ${words}`}
      />
    </>
  )
}
