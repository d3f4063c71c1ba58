import { Group, Paper, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import type { DataTableProps } from './data-table-props.js'
import styles from './data-table.module.css'
import { SelectOne, useToggle, useVirtualRows } from './virtual-rows.js'

/** The rows of a table as cards, for a phone. */
export function Cards<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, selection, card } = props
  const { body, virtualizer, items, topOf } = useVirtualRows(props, 120)
  const toggle = useToggle(selection)
  return (
    <div aria-label={label} role="list">
      <div
        className={styles['body']}
        ref={body}
        role="presentation"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const key = rowKey(row)
          return (
            <div
              aria-posinset={item.index + 1}
              aria-setsize={rows.length}
              className={styles['card']}
              data-index={item.index}
              key={key}
              ref={virtualizer.measureElement}
              role="listitem"
              style={{ transform: `translateY(${topOf(item)}px)` }}
            >
              <Paper p="sm" withBorder>
                <Group align="flex-start" gap="sm" wrap="nowrap">
                  {selection && (
                    <SelectOne
                      isSelected={selection.selected.has(key)}
                      name={selection.labelOf(key)}
                      onToggle={toggle}
                      rowKey={key}
                    />
                  )}
                  <div className={styles['cell']} style={{ flex: 1 }}>
                    {card ? (
                      card(row)
                    ) : (
                      <dl className={styles['facts']}>
                        {columns.map(({ id, header, hideHeader, cell }) => (
                          <Fact header={header} hideHeader={hideHeader ?? false} key={id}>
                            {cell(row)}
                          </Fact>
                        ))}
                      </dl>
                    )}
                  </div>
                </Group>
              </Paper>
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface FactProps {
  header: string
  hideHeader: boolean
  children: ReactNode
}

function Fact({ header, hideHeader, children }: FactProps) {
  return (
    <>
      <dt>{hideHeader ? <VisuallyHidden>{header}</VisuallyHidden> : header}</dt>
      <dd data-wide={hideHeader || undefined}>{children}</dd>
    </>
  )
}
