import { ok, type Reply, type Site } from "./reply.ts";

const POSTS = Array.from({ length: 100 }, (_, i) => ({
  userId: Math.floor(i / 10) + 1,
  id: i + 1,
  title: `title of post ${i + 1}`,
  body: `first line of post ${i + 1}\nsecond line, it's "quoted"`,
}));
const USERS = Array.from({ length: 10 }, (_, i) => ({
  id: i + 1,
  name: `User ${i + 1}`,
  username: `user${i + 1}`,
  email: `user${i + 1}@example.com`,
  address: {
    street: "Main Street",
    suite: `Apt. ${i + 1}`,
    city: "Springfield",
    zipcode: `1000${i}`,
    geo: { lat: "-37.3159", lng: "81.1496" },
  },
  phone: `1-555-010${i}`,
  website: `user${i + 1}.example.com`,
  company: { name: `Company ${i + 1}`, catchPhrase: "We make things", bs: "make things" },
}));
const TODOS = Array.from({ length: 200 }, (_, i) => ({
  userId: Math.floor(i / 20) + 1,
  id: i + 1,
  title: `todo ${i + 1}`,
  completed: i % 3 === 0,
}));
const COLLECTIONS: Record<string, readonly { id: number }[]> = { posts: POSTS, users: USERS, todos: TODOS };

/** jsonplaceholder.typicode.com: collections, one item, filters by field, `_limit`, creation. */
export const jsonplaceholder: Site = ({ method, url, body }) => {
  const [, name = "", id] = url.pathname.split("/");
  const items = Object.hasOwn(COLLECTIONS, name) ? COLLECTIONS[name] : undefined;
  if (items === undefined) return undefined;
  if (method === "POST") return { status: 201, body: { ...parsed(body), id: items.length + 1 } };
  if (id !== undefined && id !== "") {
    const item = items.find((one) => String(one.id) === id);
    return item === undefined ? { status: 404, body: {} } : ok(item);
  }
  return filtered(items, url);
};

function filtered(items: readonly { id: number }[], url: URL): Reply {
  const filters = [...url.searchParams].filter(([name]) => !name.startsWith("_"));
  const found = items.filter((item) => filters.every(([name, value]) => String(Reflect.get(item, name)) === value));
  return ok(found.slice(0, Number(url.searchParams.get("_limit") ?? found.length)));
}

function parsed(body: string): object {
  const value: unknown = body === "" ? {} : JSON.parse(body);
  return typeof value === "object" && value !== null ? value : {};
}
