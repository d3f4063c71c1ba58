import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { BlockView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Time } from '../../shared/figures.js'
import { BlocksIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { m } from '../../shared/text.js'
import { Listed, useRows } from '../listed.js'
import { blocksQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { AddBlock } from './add-block.js'
import { KIND_NAMES } from './kinds.js'

/** What is not served. */
export function BlocksPage() {
  const list = useRows(useInfiniteQuery(blocksQuery))
  const [isAdding, setAdding] = useState(false)
  const remove = useOperation(({ id }: BlockView) => call('DELETE admin/blocks/{id}', { params: { id } }), {
    done: () => m.admin_block_removed(),
  })
  return (
    <>
      <PageHeader
        actions={<Button onClick={() => setAdding(true)}>{m.admin_block_add()}</Button>}
        lead={m.admin_blocks_lead()}
        title={m.nav_blocks()}
      />
      {remove.error && <ErrorNotice error={remove.error} />}
      <Listed
        columns={[
          {
            id: 'kind',
            header: m.admin_block_by(),
            width: 'minmax(0, 1.2fr)',
            cell: ({ kind }) => KIND_NAMES[kind](),
          },
          { id: 'value', header: m.admin_block_value(), width: 'minmax(0, 3fr)', cell: ({ value }) => value },
          {
            id: 'reason',
            header: m.admin_block_reason(),
            width: 'minmax(0, 2fr)',
            cell: ({ reason }) => reason,
          },
          {
            id: 'since',
            header: m.admin_since(),
            width: '8rem',
            align: 'right',
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
          {
            id: 'remove',
            header: m.admin_actions(),
            hideHeader: true,
            width: '8rem',
            align: 'right',
            cell: (block) => (
              <ConfirmButton
                aria-label={m.admin_block_remove_of({ value: block.value })}
                confirm={m.admin_block_remove()}
                onConfirm={() => remove.mutate(block)}
                question={m.admin_block_remove_question()}
                size="compact-sm"
              >
                {m.admin_block_remove()}
              </ConfirmButton>
            ),
          },
        ]}
        empty={
          <EmptyState icon={<BlocksIcon size={32} />} title={m.admin_blocks_none()}>
            {m.admin_blocks_none_next()}
          </EmptyState>
        }
        label={m.nav_blocks()}
        list={list}
        rowKey={({ id }) => id}
      />
      <AddBlock onClose={() => setAdding(false)} opened={isAdding} />
    </>
  )
}
