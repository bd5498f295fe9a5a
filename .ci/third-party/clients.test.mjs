// What @azure/msal-node and @microsoft/microsoft-graph-client expect of the
// service, and find in the simulated tenant.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ConfidentialClientApplication } from '@azure/msal-node';
import * as graph from '@microsoft/microsoft-graph-client';
import { app } from './app.mjs';

const { BatchRequestContent, BatchResponseContent, Client, PageIterator } = graph.default ?? graph;

const base = process.env.SIMTENANT;
const host = new URL(base).host;
const tenant = await (await fetch(`${base}/sim/tenant`)).json();
const state = await (await fetch(`${base}/sim/state`)).json();

const graphScope = 'https://graph.microsoft.com/.default';
const exchangeScope = 'https://outlook.office365.com/.default';

function signIn(credential) {
  return new ConfidentialClientApplication({
    auth: {
      clientId: app.clientId,
      authority: `${base}/${tenant.id}`,
      knownAuthorities: [host],
      ...credential,
    },
  });
}

const withSecret = signIn({ clientSecret: app.secret });

const client = Client.initWithMiddleware({
  authProvider: {
    getAccessToken: async () => (await withSecret.acquireTokenByClientCredential({ scopes: [graphScope] })).accessToken,
  },
  baseUrl: `${base}/`,
  customHosts: new Set([new URL(base).hostname]),
});

// all follows the next links of a collection to the end.
async function all(path) {
  const found = [];
  const iterator = new PageIterator(client, await client.api(path).get(), (item) => found.push(item));
  await iterator.iterate();
  return { found, deltaLink: iterator.getDeltaLink() };
}

async function invoke(cmdlet, parameters) {
  const { accessToken } = await withSecret.acquireTokenByClientCredential({ scopes: [exchangeScope] });
  const response = await fetch(`${base}/adminapi/beta/${tenant.id}/InvokeCommand`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${accessToken}`,
      'Content-Type': 'application/json',
      'X-AnchorMailbox': `UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenant.domain}`,
    },
    body: JSON.stringify({ CmdletInput: { CmdletName: cmdlet, Parameters: parameters } }),
  });
  assert.ok(response.ok, `${cmdlet}: ${response.status} ${await response.clone().text()}`);
}

test('msal-node signs in with a client secret', async () => {
  const result = await withSecret.acquireTokenByClientCredential({ scopes: [graphScope] });
  assert.equal(result.tokenType, 'Bearer');
  assert.equal(result.accessToken.split('.').length, 3);
  assert.ok(result.expiresOn > new Date());
});

test('msal-node signs in with a certificate', async () => {
  const certificate = readFileSync(process.env.CERTIFICATE, 'utf8');
  const withCertificate = signIn({
    clientCertificate: {
      thumbprintSha256: new X509Certificate(certificate).fingerprint256.replaceAll(':', ''),
      privateKey: readFileSync(process.env.KEY, 'utf8'),
      x5c: certificate,
    },
  });
  const result = await withCertificate.acquireTokenByClientCredential({ scopes: [graphScope] });
  assert.ok(result.accessToken);
});

test('msal-node understands why a secret is refused', async () => {
  await assert.rejects(
    signIn({ clientSecret: 'wrong' }).acquireTokenByClientCredential({ scopes: [graphScope] }),
    (error) => error.errorCode === 'invalid_client' && error.errorMessage.includes('AADSTS7000215'),
  );
});

test('graph-client pages through contacts', async () => {
  const { found } = await all('/contacts?$select=id,mail&$top=500');
  const mails = new Set(found.map((contact) => contact.mail));
  assert.equal(found.length, state.contacts.length);
  assert.ok(state.contacts.every((contact) => mails.has(contact.email)));
});

test('graph-client pages through groups and their members', async () => {
  const { found } = await all('/groups?$top=2');
  const listed = state.groups.filter((group) => group.kind !== 'dynamic');
  assert.equal(found.length, listed.length);
  for (const group of listed) {
    const { id } = found.find((one) => one.mail === group.address);
    const members = await all(`/groups/${id}/members?$top=50`);
    assert.equal(members.found.length, (group.members ?? []).length, group.address);
    assert.ok(members.found.every((member) => member['@odata.type']));
  }
});

test('graph-client follows a delta link', async () => {
  const first = await all('/contacts/delta');
  assert.ok(first.deltaLink, 'the last page has a delta link');
  assert.ok(first.found.length >= state.contacts.length);
  await invoke('New-MailContact', { Name: 'delta@proseware.example', ExternalEmailAddress: 'delta@proseware.example' });
  const second = await all(first.deltaLink);
  assert.deepEqual(second.found.map((contact) => contact.mail), ['delta@proseware.example']);
});

test('graph-client asks for an advanced query', async () => {
  const page = await client.api('/groups').filter("endsWith(mail,'@contoso.example')").count(true)
    .header('ConsistencyLevel', 'eventual').get();
  assert.equal(page['@odata.count'], page.value.length);
});

test('graph-client sends a $batch', async () => {
  const { found } = await all('/contacts?$top=999');
  const content = new BatchRequestContent([
    { id: '1', request: new Request(`${base}/v1.0/contacts/${found[0].id}`) },
    { id: '2', request: new Request(`${base}/v1.0/contacts/99999999-0000-4000-8000-000000000000`) },
  ]);
  const responses = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  assert.equal((await responses.getResponseById('1').json()).mail, found[0].mail);
  assert.equal(responses.getResponseById('2').status, 404);
});

test('graph-client reads errors', async () => {
  await assert.rejects(
    client.api('/contacts/99999999-0000-4000-8000-000000000000').get(),
    (error) => error.statusCode === 404 && error.code === 'Request_ResourceNotFound' && error.requestId !== null,
  );
  const [list] = (await client.api('/groups').filter("mailEnabled eq true and securityEnabled eq false").top(1).get()).value;
  const [contact] = (await client.api('/contacts').top(1).get()).value;
  await assert.rejects(
    client.api(`/groups/${list.id}/members/$ref`).post({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${contact.id}` }),
    (error) => error.statusCode === 400 && error.message.startsWith('Cannot Update a mail-enabled security groups and or distribution list.'),
  );
});
