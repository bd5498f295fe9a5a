// The application that the tests sign in as.
export const app = {
  clientId: '0d9d3f5e-6c3a-4f5b-9a57-3f8a4b1f9e10',
  secret: 'third-party-secret',
};
