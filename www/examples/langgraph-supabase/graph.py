"""An agent without a model behind it: a fake one streams an answer that depends on what it is asked.

"slow N" answers N words with a pause between them, "slow N MS" with a pause of so many milliseconds; "fail" fails; what begins
with "interrupt" asks for an approval and goes on with the answer; everything else is said back.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt

SLOW = re.compile(r"slow (\d+)(?: (\d+))?$")


class SpokenChatModel(GenericFakeChatModel):
    """Takes its time between the chunks, as a model does."""

    pause: float

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        kwargs.pop("run_manager", None)
        for chunk in self._stream(*args, **kwargs):
            yield chunk
            await asyncio.sleep(self.pause)


async def speak(text: str, pause: float, prompt: list[BaseMessage]) -> dict[str, list[BaseMessage]]:
    model = SpokenChatModel(messages=iter([AIMessage(content=text)]), pause=pause)
    return {"messages": [await model.ainvoke(prompt)]}


async def echo(state: MessagesState) -> dict[str, list[BaseMessage]]:
    prompt = state["messages"]
    asked = str(prompt[-1].text).strip()
    if slow := SLOW.match(asked):
        count, pause = int(slow[1]), int(slow[2] or 100) / 1000
        # The blanks between the words are chunks, too.
        return await speak(" ".join(f"word-{n}" for n in range(1, count + 1)), pause / 2, prompt)
    if asked == "fail":
        raise ValueError("the graph failed on purpose")
    if asked.startswith("interrupt"):
        approval = interrupt({"question": "May I go on?"})
        asked = approval if isinstance(approval, str) else json.dumps(approval)
    return await speak(f"You said: {asked}", 0.02, prompt)


graph = StateGraph(MessagesState).add_node("echo", echo).add_edge(START, "echo").add_edge("echo", END).compile()
