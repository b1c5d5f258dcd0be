@echo off
rem Double-click: set up, write the report, open it. ASCII only, so that every code page reads it; Python prints the Chinese.
setlocal
pushd "%~dp0"
set "PY="
if exist python\python.exe set "PY=python\python.exe"
for %%v in (3.13 3.12 3.11) do if not defined PY py -%%v -c "" >nul 2>nul && set "PY=py -%%v"
if not defined PY set "PY=python"
%PY% bootstrap.py report %*
if errorlevel 1 goto failed
start "" reports\index.html
pause
exit /b 0
:failed
start "" docs\closed.html
pause
exit /b 1
