/** Every shape in one: a branch, a loop, a step that is tried again, one that is skipped, secrets. Runs one after the other. */
export const ORDERS = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: orders, path: shop/orders }
workload:
  items: [bolt, nut, screw]
  api_token: s3cret-value
workflow:
  - step: start
    desc: reads what was ordered
    tool: { kind: noop, result: "{{ workload.items }}" }
    next: { arcs: [{ step: pack }] }
  - step: pack
    loop: { in: "{{ workload.items }}", iterator: item, spec: { mode: sequential } }
    tool: { kind: noop, result: "packed {{ item }}" }
    next:
      spec: { mode: exclusive }
      arcs:
        - { step: refund, when: "{{ workload['items'] | length == 0 }}" }
        - { step: ship }
  - step: refund
    tool: { kind: noop }
  - step: ship
    tool:
      kind: shell
      cmds: |
        echo "sending, try {{ _attempt }}, with {{ workload.api_token }}"
        test "{{ _attempt }}" -ge 3
      spec:
        policy:
          rules:
            - { when: "{{ outcome.status == 'error' }}", then: { do: retry, attempts: 5, delay: 0.01 } }
            - { else: { then: { do: continue } } }
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop, result: { shipped: "{{ pack.results | length }}" } }
`;

/** Waits in each item until a file says go. */
export const GATED = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: gated, path: shop/gated }
workload: { gates: [1, 2, 3], folder: "" }
workflow:
  - step: start
    tool: { kind: noop }
    next: { arcs: [{ step: wait }] }
  - step: wait
    loop: { in: "{{ workload.gates }}", iterator: gate, spec: { mode: sequential } }
    tool: { kind: shell, cmds: "until [ -e '{{ workload.folder }}/go-{{ gate }}' ]; do sleep 0.05; done; echo gate {{ gate }}" }
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop }
`;

/** Fails until a file is there. */
export const BROKEN = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: broken, path: shop/broken }
workflow:
  - step: start
    tool: { kind: noop, result: 1 }
    next: { arcs: [{ step: check }] }
  - step: check
    tool: { kind: shell, cmds: "test -e mended" }
`;
