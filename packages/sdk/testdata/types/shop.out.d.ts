// Made by `tinct types`: change the plan and run it again.
export {};

declare module '@tinct/sdk' {
  interface Releases {
    '2024-redesign': '10' | '9';
    checkout: 'blue' | 'green';
    'my-service': 'v1' | 'v2';
  }
}
