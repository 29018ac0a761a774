import * as threadpass from "threadpass";
import { use } from "../../use.js";

export default async function Page({ searchParams }) {
  const { backend } = await searchParams;
  return <pre>{JSON.stringify(await use(threadpass, backend))}</pre>;
}
