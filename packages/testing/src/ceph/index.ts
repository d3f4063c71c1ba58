export { type Ceph, cephMissing, startCeph } from './ceph.js'
