import { Button, Group, Menu, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Fragment, useEffect, useRef, useState } from 'react'
import { ErrorNotice } from './error-notice.js'
import { EXPORT_FORMATS, type ExportFormat, type Exporting } from './export-pages.js'
import { formatNumber } from './format.js'
import { m } from './text.js'

interface Exported {
  title: string
  label: (given: { format: string }) => string
  write: (exporting: Exporting) => Promise<void>
}

/** Takes what a page shows along as a file. */
export function ExportMenu({ of }: { of: readonly Exported[] }) {
  const stop = useRef<AbortController>(undefined)
  const [read, setRead] = useState(0)
  useEffect(() => () => stop.current?.abort(), [])
  const write = useMutation({
    mutationFn: async ({ exported, format }: { exported: Exported; format: ExportFormat }) => {
      stop.current = new AbortController()
      setRead(0)
      await exported.write({ format, signal: stop.current.signal, onRead: setRead })
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
            {of.map((exported) => (
              <Fragment key={exported.title}>
                <Menu.Label>{exported.title}</Menu.Label>
                {EXPORT_FORMATS.map((format) => (
                  <Menu.Item key={format} onClick={() => write.mutate({ exported, format })}>
                    {exported.label({ format: format.toUpperCase() })}
                  </Menu.Item>
                ))}
              </Fragment>
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
