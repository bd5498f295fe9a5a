// Adds an application to a seed that signs in with a certificate or a secret.
import { readFileSync } from 'node:fs';
import { app } from './app.mjs';

const [seedFile, certificateFile] = process.argv.slice(2);
const seed = JSON.parse(readFileSync(seedFile, 'utf8'));
seed.apps = [{
  client_id: app.clientId,
  secret: app.secret,
  certificates: [readFileSync(certificateFile, 'utf8')],
  app_roles: ['Exchange.ManageAsApp', 'Directory.Read.All', 'GroupMember.ReadWrite.All'],
  exchange_roles: ['Organization Management'],
}];
console.log(JSON.stringify(seed));
