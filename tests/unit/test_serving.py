"""The socket on which the pages are served."""

import socket

from api.http.serving import answer_at_once


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    # Made without TCP's number, as most are: asyncio leaves the connections of such a one alone.
    with answer_at_once(socket.create_server(("127.0.0.1", 0))) as listening:
        assert listening.proto != socket.IPPROTO_TCP
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
