import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ListedLink, inlineTypeOf } from '@obb/contracts'
import { call } from '../api/call.js'
import { CopyIconButton } from '../shared/copy.js'
import { errorTitle } from '../shared/error-notice.js'
import { DownloadIcon, MoreIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { COMMANDS, COMMAND_NAMES } from './commands.js'
import { CopyMenuItem } from './copy-menu-item.js'
import { type ReadyLink, isReady } from './exports.js'

/** What of a file is shown over the page. */
export type Shown = 'preview' | 'qr'

interface FileActionsProps<Link> {
  link: Link
  onOpen: (link: ListedLink) => void
  onShow: (link: ListedLink, what: Shown) => void
}

/** What may be done with one file. */
export function FileActions({ link, ...props }: FileActionsProps<ListedLink>) {
  return isReady(link) ? <ReadyActions link={link} {...props} /> : <FetchAgain link={link} />
}

function ReadyActions({ link, onOpen, onShow }: FileActionsProps<ReadyLink>) {
  const { link: url, filename } = link
  const type = inlineTypeOf(filename)
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        aria-label={m.download_named({ name: filename })}
        component="a"
        href={url}
        leftSection={<DownloadIcon size={16} />}
        size="xs"
        variant="light"
      >
        {m.download()}
      </Button>
      <CopyIconButton label={m.copy_link_of({ name: filename })} text={url} />
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={m.more_for({ name: filename })} color="gray" variant="subtle">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {type === 'application/pdf' && (
            <Menu.Item component="a" href={`${url}?inline=1`} rel="noopener noreferrer" target="_blank">
              {m.show_in_tab()}
            </Menu.Item>
          )}
          {type !== undefined && type !== 'application/pdf' && (
            <Menu.Item onClick={() => onShow(link, 'preview')}>{m.show_here()}</Menu.Item>
          )}
          <Menu.Item onClick={() => onOpen(link)}>{m.shares_title()}</Menu.Item>
          <Menu.Item onClick={() => onShow(link, 'qr')}>{m.qr_code()}</Menu.Item>
          <Menu.Item component="a" href={`${url}.meta4`}>
            {m.save_metalink()}
          </Menu.Item>
          <Menu.Label>{m.copy_as()}</Menu.Label>
          {COMMAND_NAMES.map((name) => (
            <CopyMenuItem key={name} label={name} text={() => COMMANDS[name](link)} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

/** A file that made room for others is fetched once more, and costs nothing. */
function FetchAgain({ link: { linkId } }: { link: ListedLink }) {
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: () => call('GET link/{id}', { params: { id: linkId } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['links'] }),
  })
  return (
    <div>
      <Button loading={ask.isPending} onClick={() => ask.mutate()} size="xs" variant="default">
        {m.fetch_again()}
      </Button>
      {ask.error && (
        <Text c="var(--mantine-color-error)" mt={4} role="alert" size="xs">
          {errorTitle(ask.error)}
        </Text>
      )}
    </div>
  )
}
