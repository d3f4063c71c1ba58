import { Button, Group, Menu, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatNumber } from '../shared/format.js'
import { m } from '../shared/text.js'
import { type ExportFormat, saveLedger, saveUsage } from './export-ledger.js'

const FORMATS: readonly ExportFormat[] = ['csv', 'json']

/** Takes ledger and usage along as files. */
export function ExportMenu() {
  const stop = useRef<AbortController>(undefined)
  const [read, setRead] = useState(0)
  useEffect(() => () => stop.current?.abort(), [])
  const write = useMutation({
    mutationFn: async ({ what, format }: { what: 'ledger' | 'usage'; format: ExportFormat }) => {
      stop.current = new AbortController()
      const { signal } = stop.current
      setRead(0)
      await (what === 'ledger' ? saveLedger(format, signal, setRead) : saveUsage(format, signal))
    },
  })
  return (
    <div>
      <Group gap="sm">
        <Menu position="bottom-start" shadow="md">
          <Menu.Target>
            <Button loading={write.isPending} size="compact-sm" variant="default">
              {m.export_()}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{m.ledger_title()}</Menu.Label>
            {FORMATS.map((format) => (
              <Menu.Item key={format} onClick={() => write.mutate({ what: 'ledger', format })}>
                {m.export_ledger({ format: format.toUpperCase() })}
              </Menu.Item>
            ))}
            <Menu.Label>{m.usage_title()}</Menu.Label>
            {FORMATS.map((format) => (
              <Menu.Item key={format} onClick={() => write.mutate({ what: 'usage', format })}>
                {m.export_usage({ format: format.toUpperCase() })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        {write.isPending && read > 0 && (
          <Text c="dimmed" size="sm">
            {m.export_read({ count: formatNumber(read) })}
          </Text>
        )}
      </Group>
      {write.error && <ErrorNotice error={write.error} />}
    </div>
  )
}
