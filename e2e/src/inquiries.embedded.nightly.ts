import { describeInquiries } from './inquiries.js'

describeInquiries('embedded')
