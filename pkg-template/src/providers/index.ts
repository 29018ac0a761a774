export { fromSupabase } from "./supabase.js";
