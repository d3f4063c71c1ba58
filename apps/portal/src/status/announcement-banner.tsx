import { Box } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { AnnouncementNotice } from './announcement.js'
import { announcementQuery } from './queries.js'

/** What is announced, above each page, until this browser has closed it. */
export function AnnouncementBanner() {
  const { data } = useQuery(announcementQuery)
  const [read, setRead] = useLocalStorage({ key: 'obb-announcement-read', defaultValue: '' })
  const announcement = data?.announcement
  if (!announcement || announcement.since === read) return null
  return (
    <Box mb="lg">
      <AnnouncementNotice announcement={announcement} onClose={() => setRead(announcement.since)} />
    </Box>
  )
}
