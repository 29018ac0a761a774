"""Who may do what: users are Supabase's, and each sees only what is theirs.

The bearer of a request is shown to Supabase, which says whose it is. Everything that is made is marked with its owner, and
everything that is read is filtered by it.
"""

import os

import httpx
from langgraph_sdk import Auth

SUPABASE_URL = os.environ["SUPABASE_URL"].rstrip("/")
SUPABASE_SERVICE_KEY = os.environ["SUPABASE_SERVICE_KEY"]

auth = Auth()


@auth.authenticate
async def whose(authorization: str | None) -> Auth.types.MinimalUserDict:
    assert authorization
    scheme, token = authorization.split()
    assert scheme.lower() == "bearer"
    headers = {"Authorization": f"Bearer {token}", "apikey": SUPABASE_SERVICE_KEY}
    try:
        async with httpx.AsyncClient() as client:
            response = await client.get(f"{SUPABASE_URL}/auth/v1/user", headers=headers)
        assert response.status_code == 200
        user = response.json()
    except Exception as error:
        raise Auth.exceptions.HTTPException(status_code=401, detail=str(error)) from error
    return {"identity": user["id"], "email": user["email"], "is_authenticated": True}


@auth.on
async def owned(ctx: Auth.types.AuthContext, value: dict) -> Auth.types.FilterType:
    owner = {"owner": ctx.user.identity}
    value.setdefault("metadata", {}).update(owner)
    return owner
