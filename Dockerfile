# Package Keeper as GitHub runs a Docker action: as root, in a working directory of the runner's choice.

# By the digest of its index, which covers amd64 and arm64. A build without access to it names another base.
ARG BASE_IMAGE=python:3.13-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${BASE_IMAGE} AS builder

# The same files whoever builds: what pip and Python would order by chance is ordered.
ARG SOURCE_DATE_EPOCH=0
ENV PYTHONHASHSEED=0 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_COMPILE=1 \
    PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore \
    PIP_PYTHON=/opt/package-keeper/bin/python

COPY requirements.txt requirements-build.txt /build/
# PyGithub asks for cryptography to sign as a GitHub App and for PyNaCl to encrypt secrets. A run does neither: 22 MB of
# native code, and of all dependencies the ones with the most advisories. What PyGithub imports of PyNaCl is left empty.
RUN python3 -m venv --without-pip /opt/package-keeper \
    && python3 -m venv --without-pip /build/venv \
    && python3 -m pip install --require-hashes --requirement /build/requirements.txt \
    && python3 -m pip uninstall --yes cryptography pynacl cffi pycparser \
    && nacl=$(/opt/package-keeper/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nacl \
    && mkdir "$nacl" && touch "$nacl/__init__.py" "$nacl/encoding.py" "$nacl/public.py" \
    && python3 -m pip --python /build/venv/bin/python install --require-hashes --requirement /build/requirements-build.txt

COPY LICENSE pyproject.toml /build/
COPY src /build/src
# The one wheel of that name is the one just made.
# hadolint ignore=DL3013
RUN python3 -m pip --python /build/venv/bin/python wheel --no-deps --no-build-isolation --wheel-dir /build/dist /build \
    && python3 -m pip install --no-index --no-deps --find-links /build/dist package-keeper

# The container lives for one run, so what is not compiled here is compiled in every run.
COPY tools/precompile.py /build/
RUN /opt/package-keeper/bin/python -I /build/precompile.py /opt/package-keeper /stdlib \
    && find /opt/package-keeper -depth -name tests -exec rm -rf {} + \
    && find /opt/package-keeper/bin -type f ! -name package-keeper -delete

FROM ${BASE_IMAGE}

LABEL org.opencontainers.image.title="Package Keeper" \
      org.opencontainers.image.description="Keeps, deletes and restores versions of GitHub Packages" \
      org.opencontainers.image.licenses="MIT"

COPY --from=builder /stdlib /
COPY --from=builder /opt/package-keeper /opt/package-keeper

# -I: nothing in the workspace and no PYTHON* variable of the job reaches the interpreter.
# -B: nothing is written beside the modules. -u: the log appears as it is written.
ENTRYPOINT ["/opt/package-keeper/bin/python", "-I", "-B", "-u", "-m", "package_keeper"]
