"""A sender of webhooks in a container: what it could not deliver stays in its outbox, which it shows over HTTP."""

from servers import free_port, wait_until

OUTBOX = b"""#!/bin/sh
echo "Content-Type: application/json"; echo
printf '{"waiting":%s,"failed":[' $(ls /outbox/waiting | wc -l)
cd /outbox/failed
for id in *; do
  [ -e "$id" ] || continue
  key=$(cat "$id")
  printf '%s{"id":"%s"%s}' "$between" "$id" "${key:+,\\"idempotency_key\\":\\"$key\\"}"
  between=,
done
echo "]}"
"""

RESEND = b"""#!/bin/sh
echo "Content-Type: text/plain"; echo
mv "/outbox/failed/$QUERY_STRING" /outbox/waiting/ && echo "$QUERY_STRING"
"""

SEND = b"""#!/bin/sh
busybox httpd -p 127.0.0.1:$PORT -h /www
while true; do
  for job in /outbox/waiting/*; do
    [ -e "$job" ] || continue
    wget -q -O /dev/null --header "X-Api-Key: $API_KEY" --post-data "$(cat "$job")" "$TARGET/hooks/${job##*/}" && rm "$job" && echo "delivered ${job##*/}"
  done
  sleep 1
done
"""

LIST, RESENDS = "/cgi-bin/outbox", "/cgi-bin/resend?{id}"


def sender(engine, name, receiver, api_key, waiting=(), failed=None, port=None):
    """A container that sends the jobs of `waiting` again and again; `failed` it has given up: {id: idempotency key or ""}."""
    jobs = {f"outbox/waiting/{job}": b"x" for job in waiting} | {f"outbox/failed/{job}": key.encode() for job, key in (failed or {}).items()}
    folders = {"outbox/waiting/.keep": b"", "outbox/failed/.keep": b""}
    engine.add_image("shop/stream:1", {**engine.tools(), **folders, **jobs, "www/cgi-bin/outbox": OUTBOX, "www/cgi-bin/resend": RESEND, "send": SEND},
                     command=["/send"])
    port = port or free_port()
    health = ["/bin/wget", "-q", "-O", "-", f"http://127.0.0.1:{port}{LIST}"]
    container = engine.run(name, "shop/stream:1", env={"PORT": port, "API_KEY": api_key, "TARGET": receiver.url}, health=health)
    container.port, container.url = port, f"http://127.0.0.1:{port}"
    wait_until(container.listens, f"{name} listens")
    return container
